import type { Texts } from './en.js'

/** The words of the pages in Danish. */
export const DA: Texts = Object.freeze({
  code: 'da',
  other: 'English',
  decimal: ',',
  number: danishNumber,
  pages: 'Sider',
  wifi: 'Wi-Fi',
  meter: 'Måler',
  water: 'Vandmålere',
  access: 'Adgangskode',

  joined: (ssid: string) => `Enheden er på netværket ${ssid}.`,
  elsewhere: (network: string, ssid: string) =>
    `Enheden er på netværket ${network} og ikke på det gemte netværk ${ssid}.`,
  notJoined: (ssid: string, status: string) => `Enheden er ikke på netværket ${ssid}: ${status}.`,
  notSetUp: 'Der er endnu ikke valgt et netværk. Vælg et, så prøver enheden det med det samme.',
  noOwnKey: Object.freeze({
    example:
      'Enhedens nøgle er et eksempel, som alle kender. Den sender intet og tager ingen kommandoer, før den får en firmware med sin egen nøgle.',
    missing:
      'Enheden har endnu ingen nøgle. Den sender intet og tager ingen kommandoer, før den har en. Skriv den én gang, sammen med netværket.',
  }),
  masterKey: 'Enhedens nøgle',
  masterKeyHint: '32 hexadecimale cifre, som du har fået dem. Nøglen gemmes og vises ikke igen.',
  ownSerial: 'Serienummer',
  ownSerialHint: 'Lad feltet stå tomt, hvis måleren selv oplyser sit nummer.',
  flashSettings: Object.freeze({
    refuses:
      'Flashen gemmer ingen indstillinger: den er fuld eller slidt. En ændring, der ikke er gemt, er væk med strømmen; enheden prøver igen.',
    spent: 'Der er ændret så meget på det seneste, at flashen skånes: næste ændring tages om 5 minutter.',
  }),
  flashJournal: Object.freeze({
    full: 'Lageret til målinger er fuldt: af de gamle, der venter, beholdes én i timen.',
    refuses: 'Flashen tager ingen målinger. De venter i arbejdshukommelsen og er væk med strømmen.',
  }),
  network: 'Netværk',
  looking: 'Søger efter netværk …',
  noneFound: 'Der blev ikke fundet noget netværk.',
  lookAgain: 'Søg igen',
  strength: Object.freeze(['svagt', 'nogenlunde', 'godt', 'stærkt']),
  open: 'åbent',
  notHeardNow: 'ikke fundet lige nu',
  otherNetwork: 'Et andet netværk',
  otherNetworkHint:
    'Det nøjagtige navn på et, der ikke er på listen. Mellemrum tæller med, også i begyndelsen og til sidst.',
  password: 'Adgangskode',
  keepHint: (ssid: string) => `Lad feltet stå tomt for at beholde den gemte adgangskode til ${ssid}.`,
  showPassword: 'Vis adgangskoden',
  broker: 'Broker',
  brokerHost: 'Navn eller adresse',
  brokerHint: 'Serveren, der modtager målingerne. Lad den stå, medmindre din operatør har oplyst en anden.',
  brokerPort: 'Port',
  brokerUser: 'Bruger',
  brokerPassword: 'Brokerens adgangskode',
  brokerPasswordHint: 'Lad feltet stå tomt for at beholde den gemte adgangskode til denne broker.',
  brokerCertificate: 'Fingeraftryk af dens certifikat',
  brokerCertificateHint:
    'SHA-256, 64 hexadecimale cifre: enheden bruger så TLS, normalt på port 8883, og stoler kun på dette certifikat.',
  brokerCertificateNone: 'Skriv "none" for at undvære TLS.',
  standardBroker: (host: string) => `Tilbage til standardbrokeren, ${host}`,
  brokerBefore: (stored: string, used: string) => `${stored} har ikke svaret, så enheden bruger ${used} som før.`,
  impulseMeter: 'Impulsmåler',
  impulseSerial: 'Serienummer',
  impulseUnits: (unit: string) => `Nuværende visning i ${unit}`,
  impulseUnitsHint: (now: string) => `Talt indtil nu: ${now}. Lad feltet stå tomt for at beholde det.`,
  impulsesPerUnit: (unit: string) => `Impulser pr. ${unit}`,
  connect: 'Forbind',

  errorsTitle: 'Ret venligst følgende',
  errors: Object.freeze({
    wrongMasterKey: 'Enhedens nøgle har 32 hexadecimale cifre og er ingen af de eksempler, som alle kender.',
    wrongOwnSerial: 'Serienummeret har 1 til 12 cifre.',
    noNetwork: 'Vælg et netværk.',
    longNetwork: 'Navnet på et netværk er højst 32 byte.',
    longPassword: 'En Wi-Fi-adgangskode er højst 64 byte.',
    shortPassword: 'En Wi-Fi-adgangskode har mindst 8 tegn.',
    wrongBroker: 'En broker er et navn eller en adresse, for eksempel mqtt.example.org eller 192.168.1.2.',
    wrongPort: 'En port er et tal fra 1 til 65535; normalt 1883.',
    longBrokerText: 'Brokerens bruger og adgangskode er hver højst 64 byte.',
    wrongFingerprint: 'Et fingeraftryk har 64 hexadecimale cifre; "none" er uden TLS.',
    needsBrokerPassword: 'Med et andet certifikat, eller uden, skal brokerens adgangskode skrives igen.',
    wrongSerial: 'Et serienummer har 1 til 12 bogstaver, cifre eller tegnene . _ -',
    wrongReading: 'En visning er et tal, for eksempel 1234,567, uden tegn mellem tusinderne.',
    wrongPerUnit: 'Impulser er et helt tal fra 1 til 99999999.',
    wrongId: 'En vandmålers nummer har 8 cifre.',
    wrongKey: 'En nøgle har 32 hexadecimale cifre.',
    wrongHeaders:
      'Listen af headere er ikke rigtig: hver er en hel header i hexadecimale cifre, med ? efter et gæt og komma før den næste, og ingen er der to gange.',
    tooMany: 'Der er ikke plads til flere vandmålere.',
    builtIn: 'Denne måler fulgte med firmwaren; kun en anden firmware kan ændre den.',
    wrongPortalPassword:
      'Adgangskoden skal have 8 til 63 tegn: bogstaverne a til z, cifre og tegn, ikke æ, ø, å eller é.',
  }),

  trying: (ssid: string) => `Prøver ${ssid}`,
  tryingHint:
    'Det tager op til et halvt minut. Telefonen kan miste denne side et øjeblik; den kommer tilbage af sig selv.',
  trial: Object.freeze({
    joining: 'Går på netværket …',
    addressing: 'På netværket. Venter på en adresse …',
    calling: 'På netværket, med en adresse. Kalder brokeren …',
    connected: 'Forbundet. Netværket er gemt, og målingerne sendes til brokeren.',
    'wrong-password': 'Netværket afviste adgangskoden.',
    'not-found': 'Netværket blev ikke fundet. Det er måske for langt væk eller kun på 5 GHz.',
    'no-address': 'Netværket lukkede enheden ind, men gav den ingen adresse.',
    'no-broker':
      'Netværket er i orden og gemt, men brokeren har ikke svaret endnu. Svarer den slet ikke, går enheden tilbage til den broker, der svarede før.',
    failed: 'Enheden kunne ikke komme på netværket.',
  }),
  done: 'Forbundet',
  notDone: 'Ikke forbundet',
  leave: 'Du kan forlade dette netværk nu; det lukker af sig selv.',
  tryAgain: 'Prøv igen',
  nothingStored: 'Intet af formularen er gemt.',
  keepAnyway: (ssid: string) => `Gem det alligevel, med ${ssid}`,

  serial: 'Serienummer',
  unknown: 'kendes ikke endnu',
  lastReading: 'Seneste måling',
  noReading: 'Der er ingen måling endnu.',
  ago: (time: string) => `for ${time} siden`,
  quantities: Object.freeze({
    program: 'Programnummer',
    t1: 'Fremløb',
    t2: 'Returløb',
    t3: 'Temperatur 3',
    tdif: 'Afkøling',
    flow1: 'Flow',
    effect1: 'Effekt',
    hr: 'Timer',
    v1: 'Volumen',
    e1: 'Energi',
  }),
  quantity: 'Størrelse',
  value: 'Værdi',
  line: 'Forbindelsen til måleren',
  lineGood: (good: string, all: string) => `${good} af ${all} målinger lykkedes.`,
  error: 'Fejl',
  times: 'Gange',

  device: 'Enhed',
  up: 'forbundet',
  down: 'ikke forbundet',
  deaf: 'forbundet, men den afviser kommandoer',
  version: 'Version',
  restart: 'Genstart',
  restartHint: 'Intet går tabt. Opsætningsnetværket lukker og åbner igen, hvis enheden ikke finder et netværk.',
  restarting:
    'Enheden genstarter, det tager et halvt minut, og dette netværk lukker. Det åbner igen, hvis enheden ikke finder et netværk, og når strømmen slås fra og til.',
  reset: 'Nulstilling til fabriksindstillinger',
  resetTitle: 'Nulstil til fabriksindstillinger?',
  resetDeletes:
    'Det slettes: netværkene, brokeren, alle adgangskoder, vandmålerne med deres nøgler og operatørens job. Opsætningsnetværket får sin første adgangskode igen.',
  resetKeeps:
    'Det bliver: enhedens nøgle og serienummer, ventilen og det, den er åben for, en impulsmålers tælling og de målinger, der venter på brokeren.',
  resetNow: 'Nulstil og genstart',
  notReset: 'Flashen har ikke taget imod det, og intet er nulstillet. Prøv igen om 5 minutter.',

  diagnosis: 'Diagnose',
  diagnosisHint: 'Til telefonen: læs numre og linjer op for din operatør. Intet her er hemmeligt.',
  running: 'Kører',
  runningFor: (time: string, start: string) => `i ${time}, siden ${start}`,
  starts: 'strømmen kom|hardware-watchdoggen|et nedbrud|software-watchdoggen|en genstart|dyb søvn|reset-knappen',
  signal: 'Signal',
  time: 'Tid',
  sent: 'Sendt siden start',
  flashOf: Object.freeze({ settings: 'Flash til indstillinger', journal: 'Flash til målinger' }),
  flashWords: Object.freeze({ works: 'virker', refuses: 'afviser', spent: 'skånes', full: 'er fuld' }),
  memory: 'Fri hukommelse',
  refresh: 'Opdater',

  waterHint: 'FlowIQ-målere, der aflæses med radio. Nøglen følger med måleren; den gemmes og vises ikke igen.',
  noWater: 'Der er ingen vandmåler.',
  waterId: 'Målerens nummer',
  waterIdHint: '8 cifre, står på måleren.',
  key: 'Nøgle',
  keyDigits: '32 hexadecimale cifre.',
  headers: 'Headere, der er fundet',
  headersHint:
    'Til målere, der ikke fortæller, hvad de sender, som "wmbus solve" skriver dem: hexadecimale cifre, med ? efter et gæt, adskilt af kommaer.',
  keys: Object.freeze({
    'not heard': 'Ikke hørt endnu.',
    right: 'Nøglen er rigtig.',
    wrong: 'Nøglen er forkert.',
    'not encrypted': 'Hørt, men den krypterer ikke, så intet fra den bruges.',
    'other mode': 'Hørt, men den krypterer på en måde, som denne firmware ikke kan læse.',
    'unknown header': 'Nøglen er rigtig, men det vides ikke, hvad måleren sender:',
    'header not confirmed':
      'Nøglen er rigtig, og måleren læses med et gæt. Intet fra den sendes, før måleren selv bekræfter headeren, eller du gemmer den uden spørgsmålstegnet:',
  }),
  doubts: Object.freeze({
    total: 'Hørt, men tællerstanden er sprunget. Enheden venter, til måleren bekræfter den nye stand, højst et døgn.',
    clock: 'Hørt, men målerens ur er begyndt forfra. Enheden venter en time, før den tror på det.',
  }),
  remove: 'Fjern',
  removeTitle: (id: string) => `Fjern vandmåler ${id}?`,
  removeHint: 'Den aflæses ikke mere, og dens nøgle slettes.',
  cancel: 'Fortryd',
  removed: (id: string) => `Vandmåler ${id} er fjernet.`,
  added: (id: string) => `Vandmåler ${id} er gemt.`,
  saved: 'Gemt.',
  add: 'Gem måleren',

  accessTitle: 'Adgangskode til opsætningsnetværket',
  accessStandard:
    'Adgangskoden er standardkoden: den første halvdel af enhedens nøgle. Den, der kender den, kender halvdelen af nøglen, så din egen adgangskode er sikrere.',
  accessRandom:
    'Indtil enheden har sin nøgle, er adgangskoden tilfældig. Den skifter ved hver start, og enheden skriver den på sin USB- eller serielle forbindelse.',
  accessBuild: 'Adgangskoden er den, som firmwaren blev bygget med.',
  accessOwn: 'Opsætningsnetværket har sin egen adgangskode.',
  newPassword: 'Ny adgangskode',
  newPasswordHint: '8 til 63 tegn. Den gælder, næste gang opsætningsnetværket åbner.',
  store: 'Gem',
  standardAgain: 'Tilbage til standardkoden',

  update: 'Opdatering',
  updateFetching: (version: string, percent: number) => `Version ${version} er på vej: ${percent} %.`,
  updateChecking: (version: string) => `Version ${version} er her og kontrolleres.`,
  updateRestarting: (version: string) =>
    `Enheden genstarter med version ${version}; dette netværk lukker. Hvis den ikke aflæser måleren og når brokeren inden for 6 minutter, kommer den forrige version tilbage.`,
  updateProbation: 'Denne version kører for første gang: den skal aflæse måleren og nå brokeren.',
  updateFailed: 'Den seneste opdatering blev ikke installeret:',
  updateNeedsBroker:
    'Brokeren er ikke forbundet. En ny version skal kunne nå den, så enheden tager ingen, før netværket er sat op.',
  updateNeedsScript: 'At sende en fil kræver JavaScript.',
  updateFile: 'Underskrevet fil',
  updateHint: 'Filen, som din operatør har underskrevet til denne enhed. Bliv på siden i nogle minutter.',
  updateSend: 'Send og installer',

  refused: 'Formularen kom ikke fra enhedens egen side og blev afvist.',
  notFound: 'Siden findes ikke.',
  back: 'Til opsætningen',
})

/** `1321.27 m³` is `1.321,27 m³`. */
function danishNumber(text: string): string {
  const point = text.indexOf('.')
  const blank = text.indexOf(' ')
  const end = blank < 0 ? text.length : blank
  let number = point < 0 ? text : `${text.slice(0, point)},${text.slice(point + 1)}`
  const first = text.startsWith('-') ? 1 : 0
  for (let i = (point < 0 ? end : point) - 3; i > first; i -= 3) number = `${number.slice(0, i)}.${number.slice(i)}`
  return number
}
