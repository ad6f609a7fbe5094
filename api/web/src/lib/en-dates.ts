// The English words of the date fields. The same shape as zh-dates.ts.

export const enDates = {
  /** Of month and weekday names. */
  locale: 'en-GB',
  part: { year: 'Year', month: 'Month', day: 'Day', hour: 'Hour', minute: 'Minute', second: 'Second' },
  /** What stands in an empty part. */
  blank: { year: 'yyyy', month: 'mm', day: 'dd', hour: '--', minute: '--', second: '--' },
  empty: 'Empty',
  open: (label: string) => `Choose a date: ${label}`,
  previous: 'Previous month',
  next: 'Next month',
  clear: 'Clear',
  tooEarly: (limit: string) => `Not before ${limit}`,
  tooLate: (limit: string) => `Not after ${limit}`,
};
