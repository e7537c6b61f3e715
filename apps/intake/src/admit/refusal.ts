export { refusal, Refused, type Refusal } from '#wire';
