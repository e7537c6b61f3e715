/** What is applied may be older than the rule that an address holds no login. */
export const withoutLogins = (text: string): string => text.replace(/(https?:\/\/)[^\s/"@]+@/g, '$1…@');
