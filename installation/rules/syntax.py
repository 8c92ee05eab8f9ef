"""A YAML parser's complaints as sentences for people. Nothing of the file is quoted: a password may stand on that line."""
from __future__ import annotations

from typing import Any

from ..terms.words import Words, both

_SENTENCES: tuple[tuple[tuple[str, ...], Words], ...] = (
    (("'\\t'", "tab"), both("a tab stands here; indent with spaces", "une tabulation se trouve ici ; indentez avec des espaces")),
    (("mapping values are not allowed",),
     both("a colon is one too many here; a text that holds “: ” needs quotes",
          "deux-points de trop ici ; un texte qui contient « : » veut des guillemets")),
    (("cannot start any token",),
     both("this character cannot begin a value; put the text in quotes (and indent with spaces, not tabs)",
                                       "ce caractère ne peut pas commencer une valeur ; mettez le texte entre guillemets (et indentez avec des espaces)")),
    (("expected ',' or ']'",),
     both("a list in brackets lacks a comma or its closing ]", "à une liste entre crochets il manque une virgule ou le ] final")),
    (("expected ',' or '}'",),
     both("braces lack a comma or their closing }", "à des accolades il manque une virgule ou le } final")),
    (("could not find expected ':'", "expected ':'"), both("a key lacks its colon", "à une clé il manque ses deux-points")),
    (("unexpected end of stream", "document separator", "document indicator"),
     both("a quotation mark was never closed", "un guillemet n'a jamais été fermé")),
    (("unknown escape", "escape sequence", "hexdecimal", "hexadecimal", "Unicode character"),
     both("in “double quotes” a backslash begins an escape; write \\\\ for a backslash",
          "entre guillemets doubles, une barre oblique inverse commence une séquence ; écrivez \\\\ pour une barre")),
    (("block sequence entries are not allowed", "expected '-'", "sequence entries"),
     both("a dash (-) is out of line here", "un tiret (-) n'est pas à sa place ici")),
    (("expected key", "expected <block end>", "<block end>"),
     both("this line does not fit the indentation of the lines above", "cette ligne ne suit pas l'indentation des précédentes")),
    (("node content", "could not determine"), both("a value is missing here", "il manque une valeur ici")),
    (("tag",), both("tags (!) are not used here; a text that begins with ! needs quotes",
                    "les étiquettes (!) ne servent pas ici ; un texte qui commence par ! veut des guillemets")),
    (("alias", "anchor"), both("anchors (&) and aliases (*) are not used here; a text that begins with & or * needs quotes",
                               "les ancres (&) et alias (*) ne servent pas ici ; un texte qui commence par & ou * veut des guillemets")),
    (("directive", "document start", "version", "%"),
     both("a line may not begin with %", "une ligne ne peut pas commencer par %")),
    (("block scalar", "indentation"),
     both("the indentation of this block of text is not clear", "l'indentation de ce bloc de texte n'est pas claire")),
)


def syntax_words(error: Any) -> Words:
    """The sentence for a parser's error, and where the thing that it was in the middle of began."""
    problem = str(error.problem or "")
    sentence = next((said for marks, said in _SENTENCES if any(mark in problem for mark in marks)),
                    both("this is not YAML", "ce n'est pas du YAML"))
    begun = error.context_mark
    if begun is not None and error.problem_mark is not None and begun.line != error.problem_mark.line:
        sentence = sentence + both(f" (begun on line {begun.line + 1})", f" (commencé ligne {begun.line + 1})")
    return sentence
