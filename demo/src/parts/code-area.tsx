import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { lua } from "@codemirror/legacy-modes/mode/lua";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { basicSetup } from "codemirror";
import { useEffect, useRef } from "preact/hooks";

interface CodeAreaProps {
  /** A new path is a new document; so is a new revision of the same one. */
  readonly path: string;
  readonly revision: number;
  /** What a new document begins with: from there on the editor owns the text, and only tells of it. */
  readonly text: string;
  /** Put the cursor here; a new object asks again. */
  readonly goTo: { readonly path: string; readonly line: number } | undefined;
  readonly onChange: (text: string) => void;
  readonly onSave: () => void;
  readonly onRun: () => void;
}

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.controlKeyword, tags.operatorKeyword], color: "var(--code-keyword)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--code-number)" },
  { tag: [tags.comment, tags.meta], color: "var(--code-comment)", fontStyle: "italic" },
  {
    tag: [tags.propertyName, tags.definition(tags.propertyName), tags.standard(tags.variableName)],
    color: "var(--code-name)",
  },
  { tag: [tags.heading, tags.strong], fontWeight: "600" },
]);

function languageOf(path: string): Extension {
  if (path.endsWith(".lua")) return StreamLanguage.define(lua);
  return /\.ya?ml$/.test(path) ? yaml() : [];
}

/** CodeMirror as a component. Tab leaves the editor, so that a keyboard user is not caught in it. */
export function CodeArea({ path, revision, text, goTo, onChange, onSave, onRun }: CodeAreaProps) {
  const mount = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView>(undefined);
  const handlers = useRef({ onChange, onSave, onRun });
  handlers.current = { onChange, onSave, onRun };

  const fromKey = (name: "onSave" | "onRun") => () => {
    handlers.current[name]();
    return true;
  };

  useEffect(() => {
    if (!mount.current) return;
    const language = new Compartment();
    const made = new EditorView({
      parent: mount.current,
      state: EditorState.create({
        doc: text,
        extensions: [
          keymap.of([
            { key: "Mod-s", preventDefault: true, run: fromKey("onSave") },
            { key: "Mod-Enter", preventDefault: true, run: fromKey("onRun") },
          ]),
          basicSetup,
          language.of(languageOf(path)),
          syntaxHighlighting(colours),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ "aria-label": `Text of ${path}` }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) handlers.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    editor.current = made;
    return () => made.destroy();
    // Not when `text` changes: it is what was typed a moment ago, and written back it would undo what was typed since.
  }, [path, revision]);

  useEffect(() => {
    const shown = editor.current;
    if (!shown || goTo?.path !== path) return;
    const line = shown.state.doc.line(Math.min(Math.max(goTo.line, 1), shown.state.doc.lines));
    shown.dispatch({
      selection: { anchor: line.from, head: line.to },
      effects: EditorView.scrollIntoView(line.from, { y: "center" }),
    });
    shown.focus();
  }, [goTo, path]);

  return <div class="code-area" ref={mount} />;
}
