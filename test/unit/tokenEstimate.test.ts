import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  estimateByScript,
  estimateTexts,
  type ScriptTokens,
  TokenRatios,
} from "../../engine/answer/tokenEstimate.ts";

/** The first article of the Universal Declaration of Human Rights, with the most tokens that it has in GPT-2, Llama 2, SmolLM2 and cl100k. */
const article: Record<string, [text: string, most: number]> = {
  English: [
    "All human beings are born free and equal in dignity and rights. They are endowed with reason and conscience and should act towards one another in a spirit of brotherhood.",
    36,
  ],
  German: [
    "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und Gewissen begabt und sollen einander im Geist der Brüderlichkeit begegnen.",
    60,
  ],
  Finnish: [
    "Kaikki ihmiset syntyvät vapaina ja tasavertaisina arvoltaan ja oikeuksiltaan. Heille on annettu järki ja omatunto, ja heidän on toimittava toisiaan kohtaan veljeyden hengessä.",
    76,
  ],
  Polish: [
    "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw. Są oni obdarzeni rozumem i sumieniem i powinni postępować wobec innych w duchu braterstwa.",
    85,
  ],
  Czech: [
    "Všichni lidé rodí se svobodní a sobě rovní co do důstojnosti a práv. Jsou nadáni rozumem a svědomím a mají spolu jednat v duchu bratrství.",
    75,
  ],
  Turkish: [
    "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. Akıl ve vicdana sahiptirler ve birbirlerine karşı kardeşlik zihniyeti ile hareket etmelidirler.",
    77,
  ],
  Vietnamese: [
    "Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền lợi. Mọi con người đều được tạo hoá ban cho lý trí và lương tâm và cần phải đối xử với nhau trong tình anh em.",
    176,
  ],
  Hungarian: [
    "Minden emberi lény szabadon születik és egyenlő méltósága és joga van. Az emberek, ésszel és lelkiismerettel bírván, egymással szemben testvéri szellemben kell hogy viseltessenek.",
    88,
  ],
  Swahili: [
    "Watu wote wamezaliwa huru, hadhi na haki zao ni sawa. Wote wamejaliwa akili na dhamiri, hivyo yapasa watendeane kindugu.",
    51,
  ],
  Indonesian: [
    "Semua orang dilahirkan merdeka dan mempunyai martabat dan hak-hak yang sama. Mereka dikaruniai akal dan hati nurani dan hendaknya bergaul satu sama lain dalam semangat persaudaraan.",
    70,
  ],
  Russian: [
    "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью и должны поступать в отношении друг друга в духе братства.",
    172,
  ],
  Ukrainian: [
    "Всі люди народжуються вільними і рівними у своїй гідності та правах. Вони наділені розумом і совістю і повинні діяти у відношенні один до одного в дусі братерства.",
    188,
  ],
  Greek: [
    "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα. Είναι προικισμένοι με λογική και συνείδηση, και οφείλουν να συμπεριφέρονται μεταξύ τους με πνεύμα αδελφοσύνης.",
    218,
  ],
  Arabic: [
    "يولد جميع الناس أحراراً متساوين في الكرامة والحقوق، وقد وهبوا عقلاً وضميراً وعليهم أن يعامل بعضهم بعضاً بروح الإخاء.",
    121,
  ],
  Hebrew: [
    "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם. כולם חוננו בתבונה ובמצפון, לפיכך חובה עליהם לנהוג איש ברעהו ברוח של אחווה.",
    155,
  ],
  Hindi: [
    "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है। उन्हें बुद्धि और अन्तरात्मा की देन प्राप्त है और परस्पर उन्हें भाईचारे के भाव से बर्ताव करना चाहिए।",
    294,
  ],
  Thai: [
    "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ ต่างมีเหตุผลและมโนธรรม และควรปฏิบัติต่อกันด้วยเจตนารมณ์แห่งภราดรภาพ",
    261,
  ],
  Georgian: [
    "ყველა ადამიანი იბადება თავისუფალი და თანასწორი თავისი ღირსებითა და უფლებებით. მათ მინიჭებული აქვთ გონება და სინდისი და ერთმანეთის მიმართ უნდა იქცეოდნენ ძმობის სულისკვეთებით.",
    448,
  ],
  Armenian: [
    "Բոլոր մարդիկ ծնվում են ազատ ու հավասար իրենց արժանապատվությամբ ու իրավունքներով։ Նրանք ունեն բանականություն ու խիղճ և միմյանց պետք է եղբայրաբար վերաբերվեն։",
    289,
  ],
  Chinese: ["人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。", 86],
  Japanese: [
    "すべての人間は、生れながらにして自由であり、かつ、尊厳と権利とについて平等である。人間は、理性と良心とを授けられており、互いに同胞の精神をもって行動しなければならない。",
    149,
  ],
  Korean: [
    "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. 인간은 천부적으로 이성과 양심을 부여받았으며 서로 형제애의 정신으로 행동하여야 한다.",
    197,
  ],
  Amharic: [
    "የሰው ልጅ ሁሉ ሲወለድ ነጻና በክብርና በመብትም እኩልነት ያለው ነው። የተፈጥሮ ማስተዋልና ሕሊና ስላለው አንዱ ሌላውን በወንድማማችነት መንፈስ መመልከት ይገባዋል።",
    271,
  ],
};

const row = "id;name;price;date\n1042;Miller & Sons;1,299.50;2024-03-01\n1043;O'Neil;12.00;2023-11-30\n";
const json =
  '{\n  "name": "carrel",\n  "maxFileBytes": 2000000,\n  "exclude": ["dist/**", "*.map"],\n  "refine": true\n}\n';
const hashes =
  "d41d8cd98f00b204e9800998ecf8427e e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 ";
/** Likewise. */
const others: Record<string, [text: string, most: number]> = {
  "a table": [row.repeat(5), 330],
  JSON: [json.repeat(5), 250],
  hashes: [hashes.repeat(5), 441],
  "emoji and arrows": ["😀👍🏽🇩🇪 ✓ → … — “so” ├── │ ".repeat(10), 320],
  code: ["const maxRetries = 5; // gives up after 5 attempts\n".repeat(10), 140],
};

const sum = (tokens: ScriptTokens): number => [...tokens.values()].reduce((total, count) => total + count, 0);
const estimate = (text: string): number => sum(estimateByScript(text));
const of = (language: string, times = 1): ScriptTokens =>
  estimateTexts([article["English"]?.[0] ?? "", (article[language]?.[0] ?? "").repeat(times)]);

describe("the estimate of tokens", () => {
  for (const [what, [text, most]] of Object.entries({ ...article, ...others })) {
    it(`is never under what a vocabulary makes of ${what}, nor far above the worst`, () => {
      const estimated = estimate(text);
      assert.ok(estimated >= most, `${estimated} for ${most}`);
      assert.ok(estimated <= most * 1.75, `${estimated} for ${most}`);
    });
  }

  it("is not under for a script that it has no number for: each letter has at most its bytes", () => {
    for (const text of ["ཀཁགངཅཆ", "ሰላምዓለም", "ᏣᎳᎩᎦᏬᏂ", "𞤀𞤣𞤤𞤢𞤥"])
      assert.ok(estimate(text) >= Buffer.byteLength(text), text);
  });

  it("counts each script apart", () => {
    const tokens = estimateByScript("Notice: Договор 本契約 შეტყობინება");
    assert.deepEqual([...tokens.keys()], ["Latin", "Cyrillic", "Han", "Georgian"]);
  });
});

describe("what the server's counts teach", () => {
  const english = of("English", 9);
  const russian = of("Russian", 9);

  it("is each model's own ratio, from the largest of the last counts", () => {
    const ratios = new TokenRatios();
    assert.equal(ratios.expected("a", english), sum(english));
    ratios.learn("a", english, sum(english) * 0.7);
    ratios.learn("a", english, sum(english) * 0.6);
    const near = (tokens: number, share: number): void =>
      assert.ok(Math.abs(tokens / sum(english) - share) < 0.001, `${tokens}`);
    near(ratios.expected("a", english), 0.7 * 1.15);
    ratios.learn("a", english, 0);
    ratios.learn("a", english, 1);
    near(ratios.expected("a", english), 0.7 * 1.15);
    near(ratios.expected("b", english), 1);
    for (let i = 0; i < 8; i++) ratios.learn("a", english, sum(english) * 0.8);
    near(ratios.expected("a", english), 0.8 * 1.15);
  });

  it("is kept by script: one question in Russian changes nothing for the next in English", () => {
    const ratios = new TokenRatios();
    ratios.learn("a", english, sum(english) * 0.6);
    const before = ratios.expected("a", english);
    ratios.learn("a", russian, sum(russian) * 1.4);
    assert.equal(ratios.expected("a", english), before);
    assert.ok(ratios.expected("a", russian) >= sum(russian) * 1.4);
    // And the other way round: a Russian vocabulary that is good tells nothing of English.
    const good = new TokenRatios();
    good.learn("a", russian, sum(russian) * 0.3);
    assert.equal(good.expected("a", english), sum(english));
    assert.ok(good.expected("a", russian) < sum(russian) * 0.6);
  });

  it("is never under a count that has been seen, whatever the prompt is made of", () => {
    const mixed = estimateTexts([article["English"]?.[0].repeat(4) ?? "", article["Georgian"]?.[0] ?? ""]);
    for (const share of [0.3, 0.8, 1, 1.3, 2]) {
      for (const prompt of [english, russian, mixed]) {
        const ratios = new TokenRatios();
        ratios.learn("a", prompt, sum(prompt) * share);
        assert.ok(ratios.expected("a", prompt) >= sum(prompt) * share, `${share}`);
      }
    }
  });

  it("of a mixed prompt is nothing, as long as it was not under", () => {
    const ratios = new TokenRatios();
    const mixed = estimateTexts([article["English"]?.[0].repeat(9) ?? "", article["Georgian"]?.[0] ?? ""]);
    ratios.learn("a", mixed, sum(mixed) * 0.5);
    assert.equal(ratios.expected("a", mixed), sum(mixed));
  });
});
