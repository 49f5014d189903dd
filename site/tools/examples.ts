import type { ToolName } from './protocol.js'

export interface Example {
  readonly tool: ToolName
  /** What its button says. */
  readonly name: string
  /** What goes into the form, by the names of its fields. */
  readonly fields: Readonly<Record<string, string>>
}

const FLOWIQ = { id: '74493770', key: '44E9112D06BD762EC2BFECE57E487C9B' } as const

/** A list of one meter as Kamstrup's tool writes it, made for this page. The key is the one that the documents show. */
const KEM = `<?xml version="1.0"?>
<e:EncryptedData xmlns:e="http://www.w3.org/2001/04/xmlenc#"><e:CipherData><e:CipherValue>
0Glafzp+0TTJOVbIOWUwYs8OlJMY2G9IGbcQ2r4hLpwj2gTzI9G16ajJbnlEHd0Z/IWGRWvv2RtJOVrCNi2F52MRXtf+EKg/vYRHD8Jk5mHYGO/Rt9mu
iQoQBaAqfHMH4SIhwZr4dlL07bO7FBHjGEZOUbv9/TWbR/OZnhv7JxA2QQlfFhmu0X+CKkxATT0qXIoEdrEfhXdjeyb1OJVBbqBbtbZBJAFw1seGaxm9
cwf+xvYYY6u4yj2lTxayLFHilrAO+UxPakD0pudwKkezFnqw+GawiiTSScUcm2YHJVRpawWvXGoO2bvsc8KGxP0IyOFxWeDBL4D4enbMN1lAog6SSL0d
mbI8xoWEf9bhYkwh7uiqqDXn/agp8GkyBrRP
</e:CipherValue></e:CipherData></e:EncryptedData>
`

/** By the names that links have: `tools.html#example=flowiq`. All of it stands in the documents too, or is simulated. */
export const EXAMPLES: Readonly<Record<string, Example>> = Object.freeze({
  flowiq: {
    tool: 'wmbus',
    name: 'Four telegrams of a FlowIQ 2101',
    fields: {
      ...FLOWIQ,
      text: `25442D2C703749741F168D20B4231B02216F07DDD3EFA318553DDFEE5134DB3985C5DB84A7E6
30442D2C703749741F168D20B5301B0221E679C6FDC8605D397EFA6BF5AF269131BB436557C2B9645DD291F6E57B300DF7
25442D2C703749741F168D20B6311B022162D85C936A66E35516B05EC37DCB43F93F276F3170
25442D2C703749741F168D20B7321B022135E97E096BCC3E69D1B313BED5956FDFD9738B27B3`,
    },
  },
  receivers: {
    tool: 'wmbus',
    name: 'The same, as receivers write them',
    fields: {
      ...FLOWIQ,
      text: `C1;1;1;2026-11-24 03:04:05.000;117;102;74493770;0x23442D2C703749741F168D20B4231B02216F07DDD3EFA318553DDFEE5134DB3985C5DB84
telegram=|2E442D2C703749741F168D20B5301B0221E679C6FDC8605D397EFA6BF5AF269131BB436557C2B9645DD291F6E57B30|+16
{"time":"2026-11-24T03:04:37","model":"Wireless-MBus","data":"25442D2C703749741F168D20B6311B022162D85C936A66E35516B05EC37DCB43F93F276F0000"}
[03:04:53] Frame: 25442D2C703749741F168D20B7321B022135E97E096BCC3E69D1B313BED5956FDFD9738B27B3`,
    },
  },
  kmp: {
    tool: 'kmp',
    name: 'A serial number and a temperature',
    fields: { text: '403F0200BC614EB4830D 403F1000562502421438613D0D' },
  },
  en61107: {
    tool: 'en61107',
    name: 'The data block of a MULTICAL 66-C',
    fields: {
      text: 'af4b414da04dc38d0a82302e302830303030b1b233b43536b7a98d0a362eb828303530b72eb13039aa4dd7e8a98d0a362eb23628b1b23936362eb236aaed33a98d0a362e33b128303033b236b733aae8a9218d0a03d7',
    },
  },
  'standard-data': {
    tool: 'en61107',
    name: 'A line of its standard data',
    fields: {
      text: '303530373130392031323936363236203030333236373320303030363831312030303033333636203030303334343520303030303033312030303030303739203030303030393320303030303030300D',
    },
  },
  open: {
    tool: 'open',
    name: 'The valve says that it is open',
    fields: {
      topic: '/status/v2/9999999/1700000000',
      key: 'ef500c9268cf749016d26d6cbfaaf7bf',
      text: 'b4aa2caa85932ef3a4a9bbd7c37a8f8e918618b2c6dbd509f4a50af17a98f4c1000102030405060708090a0b0c0d0e0f5647693cd28b8e37bf2b6656253fc66a',
    },
  },
  kem: { tool: 'kem', name: 'A list of one meter', fields: { file: KEM, password: 'simulated' } },
  solve: {
    tool: 'solve',
    name: 'Four compact telegrams of a simulated meter',
    fields: {
      id: '12345678',
      key: 'NOKEY',
      text: `23442D2C785634121B168D20011000002071A279FC7AD59100002978020090C101000E18
23442D2C785634121B168D200110000020523C79FC7A25EB00003378020090C101000E18
23442D2C785634121B168D20011000002010E179FC7A035900003D78020090C101000E18
23442D2C785634121B168D20011000002085B279FC7AA96400004778020090C101000E18`,
    },
  },
})

/** The example that a link's fragment names, with or without `#`. */
export function exampleOf(fragment: string): Example | undefined {
  const name = new URLSearchParams(fragment.replace(/^#/, '')).get('example') ?? ''
  return Object.hasOwn(EXAMPLES, name) ? EXAMPLES[name] : undefined
}
