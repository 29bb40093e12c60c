/** What paths of test code look like. The store's query takes it too, so it says nothing that Rust's patterns can't. */
export const testPath =
  /(^|\/)(tests?|t|specs?|__tests__)\/|(^|\/)test_[^/]*$|[._-](test|spec|tests|specs)\.[^/]*$|Tests?\.\w+$/;
