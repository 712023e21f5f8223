/** Days as the API writes them, `2026-11-21`, in the time zone in which it counts them. */

const paris = new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/Paris", dateStyle: "short" });

export function today(): string {
  return inDays(0);
}

/** The day that many days from today; before it when negative. */
export function inDays(days: number): string {
  const noon = new Date(`${paris.format(new Date())}T12:00:00Z`);
  noon.setUTCDate(noon.getUTCDate() + days);
  return noon.toISOString().slice(0, 10);
}
