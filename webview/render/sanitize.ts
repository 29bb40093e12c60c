import DOMPurify from "dompurify";

/**
 * The second of three walls (the first: the renderer writes no such element; the third: the page's policy).
 * There is no `a`, no `img`, no address and no style in what may pass, so nothing can load or navigate.
 */
const allowed = {
  ALLOWED_TAGS: [
    ..."p br hr strong em s code pre blockquote ul ol li h3 h4 h5 h6".split(" "),
    ..."table thead tbody tr th td div span button".split(" "),
  ],
  ALLOWED_ATTR: [
    ..."class type tabindex start aria-label aria-expanded data-testid".split(" "),
    ..."data-cite data-sentence data-uncited data-copy data-copy-code".split(" "),
  ],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  ALLOWED_NAMESPACES: ["http://www.w3.org/1999/xhtml"],
};

/** The renderer's HTML as nodes, ready to be put into the page. */
export function sanitize(html: string): DocumentFragment {
  return DOMPurify.sanitize(html, { ...allowed, RETURN_DOM_FRAGMENT: true });
}
