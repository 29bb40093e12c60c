/** Words that say nothing about what a text is about, by language. Lower case, as they are written. */
const byLanguage: Readonly<Record<string, string>> = {
  en: `a about above after again all also am an and any are as at be because been before being below between both but
    by can could did do does doing done down during each ever every few for from get gets getting got had has have having he her here hers him
    his how i if in into is it its just let lets may me might more most must my no nor not of off on once only or other our out over own please
    same shall she should so some such tell than that the their them then there these they this those through to too under
    until up us very was we were what what's when where which while who whom whose why will with would you your`,
  de: `aber alle als also am an auch auf aus bei bin bis bist da damit dann das dass dem den denn der des die dies
    diese dieser dieses doch du durch ein eine einem einen einer eines er es für hat hatte ich ihr im in ist ja kann
    kein keine man mein mich mir mit nach nicht noch nur ob oder sehr sein sich sie sind so über um und uns unter vom
    von vor war warum was welche welcher welches wenn wer wie wird wir wo wurde zu zum zur`,
  fr: `à au aux avec ce ces cette comme comment dans de des du elle en est et eux il ils je la le les leur lui mais me
    même mon ne nos notre nous on ou où par pas pour pourquoi qu que quel quelle quels qui sa se ses son sont sur ta te
    tu un une vos votre vous y été`,
  es: `al como con cómo cuál cuando cuánto de del desde donde dónde e el ella en entre era es esta este esto fue ha hay
    la las le lo los me mi muy más no nos o para pero por qué que quien se ser si sin sobre son su sus también te tiene
    un una uno y ya yo`,
  it: `al alla anche che chi ci come con cosa da dal dalla dei del della delle di dove e è gli ha il in io la le lo ma
    mi nel nella non o per perché più qual quale quando questo sono su sul tra un una`,
  nl: `aan als bij dat de deze die dit door een en er het hoe hij ik in is je kan maar met naar niet of om ook op te
    tot uit van voor waar was wat we werd wie wordt ze zich zijn`,
  pt: `ao aos as com como da das de do dos e em entre era essa este foi há isso mais mas na nas no nos não o os ou para
    pela pelo por qual quando que quem se sem ser são sua também um uma`,
};

const languages = new Map(
  Object.entries(byLanguage).map(([code, words]) => [code, new Set(words.split(/\s+/))] as const),
);

/**
 * Tells which words of a text say nothing: the stop words of its language, and of English where the language
 * is not clear. A word of another language is none ("die", "war" and "man" mean something in English).
 */
export function stopWordsOf(text: string): (word: string) => boolean {
  return stopWordsIn(guessLanguage(text));
}

/** The same for a language that is known. */
export function stopWordsIn(language: string): (word: string) => boolean {
  const words = languages.get(language) ?? languages.get("en");
  // The month is no small word: "may" is one, "May" is not.
  return (word) => word !== "May" && (words?.has(word.toLowerCase()) ?? false);
}

/**
 * A guess at the language of a text: a code such as "en" by its stop words, a script's name for scripts that
 * tell ("Han", "Cyrillic", …), or "" when there is too little to go by.
 */
export function guessLanguage(text: string): string {
  for (const [script, letters] of scripts) {
    const count = text.match(letters)?.length ?? 0;
    if (count > 3 && count * 3 > (text.match(/\p{L}/gu)?.length ?? 0)) return script;
  }
  // "com" is a word of Portuguese, and stands in most addresses.
  const words =
    text
      .toLowerCase()
      .replace(address, " ")
      .match(/\p{L}+/gu) ?? [];
  let best = { code: "", count: 0 };
  let second = 0;
  for (const [code, stopWords] of languages) {
    let count = 0;
    for (const word of words) if (stopWords.has(word)) count++;
    if (count > best.count) {
      second = best.count;
      best = { code, count };
    } else if (count > second) second = count;
  }
  // Neighbouring languages share words ("de", "in", "no"): a narrow lead tells nothing.
  return best.count >= 2 && best.count >= second * 1.5 ? best.code : "";
}

const address = /\b(?:https?:\/\/|www\.)\S+/g;

const scripts: readonly (readonly [string, RegExp])[] = [
  ["Japanese", /[\p{Script=Hiragana}\p{Script=Katakana}]/gu],
  ["Han", /\p{Script=Han}/gu],
  ["Hangul", /\p{Script=Hangul}/gu],
  ["Cyrillic", /\p{Script=Cyrillic}/gu],
  ["Greek", /\p{Script=Greek}/gu],
  ["Arabic", /\p{Script=Arabic}/gu],
  ["Hebrew", /\p{Script=Hebrew}/gu],
  ["Devanagari", /\p{Script=Devanagari}/gu],
  ["Thai", /\p{Script=Thai}/gu],
];
