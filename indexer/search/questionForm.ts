/** What a question asks for, as far as its form tells. */
export interface QuestionForm {
  /**
   * "code": the place where something is done, in the words for code. "place": the same, in words that may as well
   * ask for a page. "help": how something is used or set. "any": the form does not tell.
   */
  readonly seeks: "code" | "place" | "help" | "any";
  readonly speaksOfTests: boolean;
  /** Of versions and of what is new in them. */
  readonly speaksOfChanges: boolean;
}

const help =
  /\b(?:how (?:do|can|could|should|would|must) (?:i|we|you|one|my|our)|how to|what (?:do|must|should|can|shall) (?:i|we|you)|(?:can|could|may|should) (?:i|we)|(?:i|we) (?:want|need|keep|generate)|(?:i|we)(?: would|'d|’d) like|have to|settings? (?:needed|for)|configur(?:e|ing|ation)|set ?up|install\w*|(?:switch|turn)(?:ed)? (?:on|off)|enable|disable|example of|usage|tutorial|guide)\b/i;
const codeWords =
  /\b(?:code (?:that|which|for|to)|(?:which|what|the|that) (?:code|function|method|class|module|routine|component|implementation)|where in the code|show me where|implement(?:s|ed|ation)|refactor(?:ed|ing)?)\b/i;
const placeWords =
  /\b(?:where (?:is|are|was|were|does|do|did|in)|where\b.*\b(?:decided|done|handled|made|set|checked|computed|defined|noticed|happen\w*)|(?:which|what) (?:parts?|pieces?|places?|files?|spots?|lines?)|find the (?:place|part|piece)|(?:the|which|that) (?:part|piece|place) (?:that|which|where)|looking for the (?:part|place|piece))\b/i;
const asksHowI = /\bhow (?:do|can) (?:i|we)\b/i;
const testWords = /\b(?:tests?|tested|testing|specs?)\b/i;
const changeWords =
  /\b(?:change ?logs?|releases?|released|versions?|since when|what'?s new|what changed|deprecat\w*|upgrad\w*|history|introduced)\b/i;

/** Tells the form of a question by its words, in English; in other languages it does not tell. */
export function formOf(question: string): QuestionForm {
  return {
    seeks: seeksOf(question),
    speaksOfTests: testWords.test(question),
    speaksOfChanges: changeWords.test(question),
  };
}

function seeksOf(question: string): QuestionForm["seeks"] {
  if (!asksHowI.test(question)) {
    if (codeWords.test(question)) return "code";
    if (placeWords.test(question)) return "place";
  }
  return help.test(question) ? "help" : "any";
}
