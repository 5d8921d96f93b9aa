"""What may be written at a place: keys, values, ids, rules."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol.types import CompletionItem, CompletionItemKind, MarkupContent, MarkupKind, Range, TextEdit

from smlint.fix import items
from smlint.guide import Topic, topic
from smlint.lsp.context import Context, context
from smlint.lsp.document import Document
from smlint.lsp.names import meant
from smlint.plan import Path, reached
from smlint.profile import VOCABULARY
from smlint.shape import LISTS_WITH_IDS


def completions(document: Document, offset: int) -> list[CompletionItem]:
    """What may follow at an offset; what is typed already is replaced."""
    here = context(document.text, offset)
    if here is None:
        return []
    # The end of a word in front of the place is replaced too; what stands further on the line is left alone.
    span = document.lines.range(here.start, offset)
    if here.kind == "waive":
        return list(_rules(document, here, span))
    if here.kind == "key":
        return [*_keys(document, here, span), *_new_item(document, here, span)]
    about = topic(here.path)
    if about is None:
        return []
    if here.kind == "item" and not here.flow and about.keys:
        return list(_keys(document, here, span))
    return list(_values(document, here, about, span))


def _keys(document: Document, here: Context, span: Range) -> Iterator[CompletionItem]:
    """The keys that a map may have and does not have yet; those that a finding misses come first."""
    about = topic(here.path)
    if about is None or "object" not in about.kinds:
        return
    taken = reached(document.data, here.path)
    known = set(taken) if isinstance(taken, dict) else set()
    missed = _missed(document, here.path)
    for number, (key, inner) in enumerate(about.keys.items()):
        if key in known and key != here.typed.strip("\"'"):
            continue
        if key == "$schema" and not here.json:
            continue
        yield CompletionItem(
            label=key,
            kind=CompletionItemKind.Property,
            detail=", ".join(inner.kinds),
            documentation=_told(inner, document.language),
            text_edit=TextEdit(span, _key_text(key, inner, here)),
            filter_text=f'"{key}"' if here.typed.startswith('"') else key,
            sort_text=f"{0 if key in missed else 1}{number:03}",
        )


def _key_text(key: str, about: Topic, here: Context) -> str:
    """A key with what follows it: a list in brackets for ids, a new line for a map, else a blank."""
    if here.json:
        return f'"{key}": '
    if here.flow or not ({"object", "array"} & set(about.kinds)) or "string" in about.kinds:
        return f"{key}: "
    inner = " " * (here.column + 2)
    if about.item is not None and "array" in about.kinds:
        return f"{key}:\n{inner}- " if about.item.keys else f"{key}: ["
    return f"{key}:\n{inner}"


def _new_item(document: Document, here: Context, span: Range) -> Iterator[CompletionItem]:
    """The start of an item, where a list is to follow."""
    about = topic(here.path)
    if about is None or "array" not in about.kinds or about.item is None or here.typed.strip() or here.flow:
        return
    if about.item.keys:
        first = next(iter(about.item.keys))
        yield CompletionItem(
            label=f"- {first}:", kind=CompletionItemKind.Snippet, documentation=_told(about.item, document.language),
            text_edit=TextEdit(span, f"- {first}: "),
        )  # fmt: skip
    else:
        for item in _ids(document, about.item.refs or about.refs, span):
            item.text_edit = TextEdit(span, f"- {item.label}")
            yield item


def _values(document: Document, here: Context, about: Topic, span: Range) -> Iterator[CompletionItem]:
    path = here.path
    if path[:1] == ("waivers",) and path[-1] == "rule":
        yield from _rules(document, here, span)
    elif path[:1] == ("waivers",) and path[-1] == "at":
        yield from _ids(document, (*LISTS_WITH_IDS, "success_criteria"), span)
    else:
        holder = topic(path[:-1]) if isinstance(path[-1], int) else None
        refs = (
            about.refs or (holder.refs if holder else ()) or (about.item.refs if about.item and not here.flow else ())
        )
        yield from _ids(document, refs, span, here)
        yield from _choices(document, about, path, span, here)


def _choices(document: Document, about: Topic, path: Path, span: Range, here: Context) -> Iterator[CompletionItem]:
    """The values of an enum, with what each means; or yes and no."""
    for number, (value, meaning) in enumerate(about.meanings(document.language).items()):
        level = VOCABULARY.get(value) if path[-1] == "metric" else None
        yield _choice(value, span, here, number, CompletionItemKind.EnumMember, level or meaning or None)
    if "boolean" in about.kinds:
        for value in ("true", "false"):
            yield _choice(value, span, here, value == "false", CompletionItemKind.Value, None, quote=False)


def _choice(
    value: str,
    span: Range,
    here: Context,
    number: int,
    kind: CompletionItemKind,
    detail: str | None,
    quote: bool = True,
) -> CompletionItem:
    needs = value in ("NO", "no") or here.json or here.typed.startswith('"')  # the country, to readers of YAML 1.1
    text = f'"{value}"' if quote and needs else value
    return CompletionItem(
        label=value, kind=kind, detail=detail, text_edit=TextEdit(span, text), sort_text=f"{number:03}",
        filter_text=text if here.typed.startswith('"') else value,
    )  # fmt: skip


def _ids(
    document: Document, kinds: tuple[str, ...], span: Range, here: Context | None = None
) -> Iterator[CompletionItem]:
    """The ids of some lists, with what they stand for."""
    for kind in kinds:
        for _, item in items(document.data, kind) if kind != "countries" else ():
            if isinstance(id := item.get("id"), str):
                quote = here is not None and (here.json or here.typed.startswith('"'))
                yield CompletionItem(
                    label=id, kind=CompletionItemKind.Reference, detail=meant(item) or None,
                    text_edit=TextEdit(span, f'"{id}"' if quote else id), filter_text=f'"{id}"' if quote else id,
                )  # fmt: skip


def _rules(document: Document, here: Context, span: Range) -> Iterator[CompletionItem]:
    """The rules, those with findings first."""
    found = {finding.rule.id for finding in document.report.findings}
    for rule in document.settings.book.listed:
        yield CompletionItem(
            label=rule.id, kind=CompletionItemKind.Constant, detail=rule.title[document.language],
            documentation=rule.why[document.language], text_edit=TextEdit(span, rule.id),
            sort_text=f"{0 if rule.id in found else 1}{rule.id}",
        )  # fmt: skip


def _missed(document: Document, path: Path) -> set[str]:
    """The keys at a path that findings miss."""
    missed = set()
    for finding in document.good.findings if document.good else ():
        for name in finding.values.get("missing") or ():
            whole = (*finding.path, *str(name).removesuffix("[*]").split("."))
            if whole[: len(path)] == path and len(whole) > len(path):
                missed.add(str(whole[len(path)]))
    return missed


def _told(about: Topic, language: str) -> MarkupContent:
    lines = [about.text(language)]
    meanings = about.meanings(language)
    if meanings and len(meanings) <= 15:
        lines += [f"- `{value}`{f' – {meaning}' if meaning else ''}" for value, meaning in meanings.items()]
    return MarkupContent(MarkupKind.Markdown, "\n".join(lines))
