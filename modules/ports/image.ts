/** What the image says of itself that runs. */
export interface ImageFacts {
  /** The project's name in its descriptor (ESP-IDF, esp_app_desc.h). */
  readonly project: string
  readonly chip: string
  /** The manifest that it was built from; `none` where the image does not say. */
  readonly variant: string
  readonly version: string
}
