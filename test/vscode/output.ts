/** Stands before each line that the tests print, which tells it from VS Code's own log. */
export const testOutput = "[test] ";
