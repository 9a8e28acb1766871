/** ISO 3166-2:UA codes by the English names of the dataset, without "oblast" and in lower case. */
const CODES = new Map([
  ['vinnytska', 'UA-05'],
  ['volynska', 'UA-07'],
  ['luhanska', 'UA-09'],
  ['dnipropetrovska', 'UA-12'],
  ['donetska', 'UA-14'],
  ['zhytomyrska', 'UA-18'],
  ['zakarpatska', 'UA-21'],
  ['zaporizka', 'UA-23'],
  ['ivano-frankivska', 'UA-26'],
  ['kyiv city', 'UA-30'],
  ['kyiv', 'UA-30'],
  ['m. kyiv', 'UA-30'],
  ['kyivska', 'UA-32'],
  ['kirovohradska', 'UA-35'],
  ['sevastopol', 'UA-40'],
  ['sevastopol city', 'UA-40'],
  ['m. sevastopol', 'UA-40'],
  ['avtonomna respublika krym', 'UA-43'],
  ['autonomous republic of crimea', 'UA-43'],
  ['crimea', 'UA-43'],
  ['lvivska', 'UA-46'],
  ['mykolaivska', 'UA-48'],
  ['odeska', 'UA-51'],
  ['poltavska', 'UA-53'],
  ['rivnenska', 'UA-56'],
  ['sumska', 'UA-59'],
  ['ternopilska', 'UA-61'],
  ['kharkivska', 'UA-63'],
  ['khersonska', 'UA-65'],
  ['khmelnytska', 'UA-68'],
  ['cherkaska', 'UA-71'],
  ['chernihivska', 'UA-74'],
  ['chernivetska', 'UA-77'],
]);

/** The ISO 3166-2 code of a region as the dataset names it; undefined when it is not known. */
export function regionOf(oblast: string): string | undefined {
  return CODES.get(oblast.toLowerCase().replace(/\s+oblast$/, ''));
}
