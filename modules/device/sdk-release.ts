/** The release of the Moddable SDK that the adapters in this folder are written for. */
export const SDK_RELEASE = '8.2.3'
