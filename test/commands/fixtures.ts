/** A report and a claim that are accepted, and an incident that is not there. */
export const REPORT = {
  kind: 'blackout',
  title: 'Emergency blackout',
  reportedAt: '2024-11-11',
  occurred: { start: '2024-11-11', precision: 'day' },
};
export const CLAIM = {
  asserts: 'casualties',
  indicator: 'killed',
  low: 6,
  source: { name: 'A newspaper', type: 'media' },
  reportedAt: '2024-11-11',
};
export const ABSENT = '00000000-0000-4000-8000-000000000000';
