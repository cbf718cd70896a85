import DOMPurify from "dompurify";
import { marked } from "marked";

/** Markdown from a skill: nobody's code but untrusted text, so it is cleaned, and its images and links load nothing by themselves. */
export function Markdown({ text }: { readonly text: string }) {
  const html = DOMPurify.sanitize(marked.parse(text, { async: false, gfm: true, breaks: false }), {
    FORBID_TAGS: ["style", "img", "form", "input", "button", "video", "audio", "picture", "source", "iframe"],
    FORBID_ATTR: ["style", "class", "id"],
  });
  return <div class="markdown" dangerouslySetInnerHTML={{ __html: html }} />;
}
