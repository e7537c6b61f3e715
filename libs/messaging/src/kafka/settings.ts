export interface KafkaSettings {
  brokers: string[];
  clientId: string;
  /** '' or a prefix that keeps this hub's topics and groups apart on a shared Kafka. */
  namespace: string;
}

/** Topics and groups alike: `<namespace>.<name>`. */
export function withNamespace(settings: KafkaSettings, name: string): string {
  return settings.namespace === '' ? name : `${settings.namespace}.${name}`;
}

export function withoutNamespace(settings: KafkaSettings, name: string): string {
  return settings.namespace === '' ? name : name.slice(settings.namespace.length + 1);
}
