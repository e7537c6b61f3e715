/** One thing that was looked at. `warning`: the hub works, but a person should know. */
export interface Finding {
  name: string;
  state: 'well' | 'warning' | 'missing';
  vi: string;
  en: string;
}
