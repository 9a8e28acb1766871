/**
 * ISO 3166-1 alpha-2 and alpha-3 codes by the names that UCDP uses (Gleditsch and Ward's list of
 * independent states, with UCDP's earlier names in brackets), then by other common names.
 * States without a code (Kosovo, Somaliland, states that are no more) are left out: they keep
 * their name.
 */
const TABLE = `
AF AFG Afghanistan
AL ALB Albania
DZ DZA Algeria
AD AND Andorra
AO AGO Angola
AG ATG Antigua and Barbuda; Antigua & Barbuda
AR ARG Argentina
AM ARM Armenia
AU AUS Australia
AT AUT Austria
AZ AZE Azerbaijan
BS BHS Bahamas; The Bahamas
BH BHR Bahrain
BD BGD Bangladesh
BB BRB Barbados
BY BLR Belarus; Belarus (Byelorussia)
BE BEL Belgium
BZ BLZ Belize
BJ BEN Benin
BT BTN Bhutan
BO BOL Bolivia; Bolivia, Plurinational State of
BA BIH Bosnia-Herzegovina; Bosnia and Herzegovina
BW BWA Botswana
BR BRA Brazil
BN BRN Brunei; Brunei Darussalam
BG BGR Bulgaria
BF BFA Burkina Faso; Burkina Faso (Upper Volta)
BI BDI Burundi
KH KHM Cambodia (Kampuchea); Cambodia
CM CMR Cameroon
CA CAN Canada
CV CPV Cape Verde; Cabo Verde
CF CAF Central African Republic
TD TCD Chad
CL CHL Chile
CN CHN China
CO COL Colombia
KM COM Comoros
CG COG Congo; Congo, Republic of; Republic of the Congo
CD COD DR Congo (Zaire); Congo, Democratic Republic of (Zaire); DR Congo; Democratic Republic of the Congo
CR CRI Costa Rica
HR HRV Croatia
CU CUB Cuba
CY CYP Cyprus
CZ CZE Czech Republic; Czechia
DK DNK Denmark
DJ DJI Djibouti
DM DMA Dominica
DO DOM Dominican Republic
TL TLS East Timor; Timor-Leste
EC ECU Ecuador
EG EGY Egypt
SV SLV El Salvador
GQ GNQ Equatorial Guinea
ER ERI Eritrea
EE EST Estonia
SZ SWZ Kingdom of eSwatini (Swaziland); Swaziland; Eswatini
ET ETH Ethiopia
FJ FJI Fiji
FI FIN Finland
FR FRA France
GA GAB Gabon
GM GMB Gambia; The Gambia
GE GEO Georgia
DE DEU Germany; German Federal Republic
GH GHA Ghana
GR GRC Greece
GD GRD Grenada
GT GTM Guatemala
GN GIN Guinea
GW GNB Guinea-Bissau
GY GUY Guyana
HT HTI Haiti
HN HND Honduras
HU HUN Hungary
IS ISL Iceland
IN IND India
ID IDN Indonesia
IR IRN Iran; Iran (Persia)
IQ IRQ Iraq
IE IRL Ireland
IL ISR Israel
IT ITA Italy; Italy/Sardinia
CI CIV Ivory Coast; Cote D'Ivoire; Côte d'Ivoire
JM JAM Jamaica
JP JPN Japan
JO JOR Jordan
KZ KAZ Kazakhstan
KE KEN Kenya
KI KIR Kiribati
KP PRK North Korea; Korea, People's Republic of; Democratic People's Republic of Korea
KR KOR South Korea; Korea, Republic of; Republic of Korea
KW KWT Kuwait
KG KGZ Kyrgyzstan; Kyrgyz Republic
LA LAO Laos
LV LVA Latvia
LB LBN Lebanon
LS LSO Lesotho
LR LBR Liberia
LY LBY Libya
LI LIE Liechtenstein
LT LTU Lithuania
LU LUX Luxembourg
MK MKD Macedonia, FYR; North Macedonia; Macedonia (Former Yugoslav Republic of); Macedonia
MG MDG Madagascar (Malagasy); Madagascar
MW MWI Malawi
MY MYS Malaysia
MV MDV Maldives; Maldive Islands
ML MLI Mali
MT MLT Malta
MH MHL Marshall Islands
MR MRT Mauritania
MU MUS Mauritius
MX MEX Mexico
FM FSM Federated States of Micronesia; Micronesia
MD MDA Moldova
MC MCO Monaco
MN MNG Mongolia
ME MNE Montenegro
MA MAR Morocco
MZ MOZ Mozambique
MM MMR Myanmar (Burma); Myanmar
NA NAM Namibia
NR NRU Nauru
NP NPL Nepal
NL NLD Netherlands
NZ NZL New Zealand
NI NIC Nicaragua
NE NER Niger
NG NGA Nigeria
NO NOR Norway
OM OMN Oman
PK PAK Pakistan
PW PLW Palau
PS PSE Palestine; State of Palestine
PA PAN Panama
PG PNG Papua New Guinea
PY PRY Paraguay
PE PER Peru
PH PHL Philippines
PL POL Poland
PT PRT Portugal
QA QAT Qatar
RO ROU Romania; Rumania
RU RUS Russia (Soviet Union); Russia; Russian Federation
RW RWA Rwanda
KN KNA Saint Kitts and Nevis
LC LCA Saint Lucia
VC VCT Saint Vincent and the Grenadines
WS WSM Samoa; Samoa/Western Samoa
SM SMR San Marino
ST STP Sao Tome and Principe; São Tomé and Principe
SA SAU Saudi Arabia
SN SEN Senegal
RS SRB Serbia (Yugoslavia); Serbia
SC SYC Seychelles
SL SLE Sierra Leone
SG SGP Singapore
SK SVK Slovakia
SI SVN Slovenia
SB SLB Solomon Islands
SO SOM Somalia
ZA ZAF South Africa
SS SSD South Sudan
ES ESP Spain
LK LKA Sri Lanka; Sri Lanka (Ceylon)
SD SDN Sudan
SR SUR Suriname; Surinam
SE SWE Sweden
CH CHE Switzerland
SY SYR Syria; Syrian Arab Republic
TW TWN Taiwan
TJ TJK Tajikistan
TZ TZA Tanzania; Tanzania/Tanganyika
TH THA Thailand
TG TGO Togo
TO TON Tonga
TT TTO Trinidad and Tobago
TN TUN Tunisia
TR TUR Turkey; Türkiye; Turkey (Ottoman Empire)
TM TKM Turkmenistan
TV TUV Tuvalu
UG UGA Uganda
UA UKR Ukraine
AE ARE United Arab Emirates
GB GBR United Kingdom
US USA United States of America; United States
UY URY Uruguay
UZ UZB Uzbekistan
VU VUT Vanuatu
VA VAT Vatican City State; Holy See
VE VEN Venezuela
VN VNM Vietnam (North Vietnam); Vietnam; Vietnam, Democratic Republic of
YE YEM Yemen (North Yemen); Yemen; Yemen (Arab Republic of Yemen)
ZM ZMB Zambia
ZW ZWE Zimbabwe (Rhodesia); Zimbabwe
`;

const byName = new Map<string, string>();
const byAlpha3 = new Map<string, string>();
for (const line of TABLE.trim().split('\n')) {
  const alpha2 = line.slice(0, 2);
  byAlpha3.set(line.slice(3, 6), alpha2);
  for (const name of line.slice(7).split(';')) byName.set(name.trim().toLowerCase(), alpha2);
}

/** ISO 3166-1 alpha-2 of a country as UCDP names it, else by its alpha-3 code, else its name. */
export function countryOf(name: string, alpha3?: string): string {
  return byName.get(name.toLowerCase()) ?? byAlpha3.get(alpha3?.toUpperCase() ?? '') ?? name;
}
