import "server-only";

/** One term to look for. */
export interface SearchTerm {
  text: string;
  prefix: boolean;
}

/** Reads what `queryTerms` made, keeping letters, digits and marks only: nothing left can be a database's syntax. */
export function searchWords(terms: readonly string[]): SearchTerm[][] {
  return terms
    .map((word) =>
      word
        .split(" ")
        .map(termOf)
        .filter(({ text }) => text !== ""),
    )
    .filter(({ length }) => length > 0);
}

function termOf(term: string): SearchTerm {
  return { text: term.replaceAll(/[^\p{L}\p{N}\p{M}]/gu, ""), prefix: term.endsWith("*") };
}
