/** Control packets the session wants to hear of (MQTT 3.1.1, 3.4 to 3.13). */
export type MqttControl = 'pubrec' | 'pubcomp' | 'unsuback' | 'pingresp'

export interface MqttConnectOptions {
  readonly host: string
  readonly port: number
  readonly id: string
  readonly user: string
  readonly password: string
  /** SHA-256 in hex of the certificate that must vouch for the broker over TLS; empty without TLS. */
  readonly certificate: string
  /** Unix seconds of now; undefined while the time is not known. TLS needs it. */
  readonly unix: number | undefined
  /** Seconds, as in CONNECT. The session sends the pings. */
  readonly keepAlive: number
  /** Last will with an empty payload, QoS 0, not retained. */
  readonly willTopic: string
  /** TCP is connected: the host is there, whatever the broker says. */
  onReached(): void
  /** CONNACK with return code 0. */
  onConnected(sessionPresent: boolean): void
  onPublish(topic: string, payload: Uint8Array): void
  onControl(control: MqttControl, id: number): void
  /** SUBACK and its return code: the QoS that the broker grants, or 0x80 where it refuses (MQTT 3.1.1, 3.9.3). */
  onSubscribed(id: number, code: number): void
  /** There is room again after `publish`, `subscribe` or `unsubscribe` returned false. */
  onWritable(): void
  /**
   * The connection is gone or never came to be; called at most once, and not after `close`.
   * @param isFault whether the broker has broken the protocol
   */
  onClosed(reason: string, isFault?: boolean): void
}

/**
 * One TCP connection speaking MQTT 3.1.1 with a persistent session, in the manner of the ECMA-419 MQTT client.
 * It answers PUBREC with PUBREL by itself, after `onControl` has returned; what must survive the connection is the
 * session's.
 */
export interface MqttConnection {
  /** QoS 2. False when the socket has no room for the whole packet: nothing was sent. */
  publish(id: number, topic: string, payload: Uint8Array, duplicate: boolean): boolean
  /** PUBREL. */
  release(id: number): boolean
  subscribe(id: number, topic: string, qos: 0 | 1 | 2): boolean
  unsubscribe(id: number, topic: string): boolean
  ping(): boolean
  /** Drops TCP without DISCONNECT, so that the broker publishes the will. */
  close(): void
}

/** Resolves the host name through the network's own DNS and connects. */
export type MqttConnect = (options: MqttConnectOptions) => MqttConnection
