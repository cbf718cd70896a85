import { expect, it } from "vitest";
import { moduleWorld } from "../../testing/module-world.ts";

const head = `local html = require("html") local ugc = html.sanitize.ugc_policy()
  local function with(change) local p = html.sanitize.new_policy() change(p) return p end `;

it("keeps what a policy names, and nothing else", async () => {
  const { lua, engine } = await moduleWorld(["html"]);
  expect(
    await lua(`${head} local strict = html.sanitize.strict_policy()
      local styled, err = html.sanitize.new_policy():allow_attrs("style"):matching("^color:#[0-9a-fA-F]{6}$") local span = styled:on_elements("span"):allow_elements("span")
      local _, bad = html.sanitize.new_policy():allow_attrs("class"):matching("[invalid")
      return { strict:sanitize('<p>Hello <script>alert("x")</script> world</p>'), ugc:sanitize('<p><strong>B</strong> &amp; <em>i</em> 1 < 2</p>'),
        ugc:sanitize('<a href="https://e.com" onclick="x()">l</a>'), ugc:sanitize('<img src="photo.jpg" alt="A &quot;b&quot;" onerror=alert(1)>'),
        with(function(p) p:allow_elements("p", "script"):allow_attrs("class"):globally() end):sanitize('<p class=a id=b>t</p><script>s</script>'),
        span:sanitize('<span style="color:#ff0000">R</span><span style="background:red">B</span>'), bad:kind(), bad:retryable(), err == nil,
        with(function(p) p:allow_lists() p:allow_tables() end):sanitize('<ul type="disc"><li value="2">i<table><tr><td colspan="2">c</table>'),
        with(function(p) p:allow_elements("a"):allow_attrs("href"):on_elements("a"):allow_url_schemes("https"):add_target_blank_to_fully_qualified_links(true) end):sanitize('<a href="https://e.com">L</a><a href="/x">r</a><a href="http://e">h</a>'),
        with(function(p) p:allow_elements("img"):allow_attrs("src"):on_elements("img"):allow_data_uri_images() end):sanitize('<img src="data:image/png;base64,iVBORw0="><img src="data:text/html;base64,PHM=">') }`),
  ).toEqual([
    "Hello  world",
    "<p><strong>B</strong> &amp; <em>i</em> 1 &lt; 2</p>",
    '<a href="https://e.com" rel="nofollow">l</a>',
    '<img src="photo.jpg" alt="A &#34;b&#34;">',
    '<p class="a">t</p>',
    '<span style="color:#ff0000">R</span><span>B</span>',
    "Invalid",
    false,
    true,
    '<ul type="disc"><li value="2">i<table><tr><td colspan="2">c</td></tr></table></li></ul>',
    '<a href="https://e.com" target="_blank" rel="noopener">L</a><a>r</a><a>h</a>',
    '<img src="data:image/png;base64,iVBORw0="><img>',
  ]);
  await engine.close();
});

// Each has run something somewhere; what is left holds no script, no handler and no address that runs.
it.each([
  "<script>alert(1)</script>",
  "<scr<script>ipt>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "<img src=x onerror\n=\nalert(1)//>",
  "<svg/onload=alert(1)>",
  '<a href="javascript:alert(1)">x</a>',
  '<a href="java&#115;cript:alert(1)">x</a>',
  '<a href="jav&#x09;ascript:alert(1)">x</a>',
  '<a href=" &#14; javascript:alert(1)">x</a>',
  '<a href="javascript&colon;alert(1)">x</a>',
  '<a href="JaVaScRiPt:alert(1)">x</a>',
  '<a href="vbscript:msgbox(1)">x</a>',
  '<a href="data:text/html,<script>alert(1)</script>">x</a>',
  "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
  "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
  "<!--><img src=x onerror=alert(1)>-->",
  "<![CDATA[<img src=x onerror=alert(1)>]]>",
  "<textarea></textarea><img src=x onerror=alert(1)>",
  '<p title="<img src=x onerror=alert(1)>">x</p>',
  "<a href='https://x\"onmouseover=alert(1) y'>x</a>",
  "<img src=`x`onerror=alert(1)>",
  "</p/onclick=alert(1)><p/onclick=alert(1)>x",
  "<template><img src=x onerror=alert(1)></template>",
  "<form action=javascript:alert(1)><button formaction=javascript:alert(1)>x</button></form>",
  "<p id='a' id=\"><img src=x onerror=alert(1)>\">x",
])("nothing of %j runs", async (page) => {
  const { lua, engine } = await moduleWorld(["html"]);
  const clean = (await lua(`${head} return ugc:sanitize(${JSON.stringify(page)})`)) as string;
  // Outside of quoted values and of tags there is no `<` left, so this reads what a browser reads.
  const tags = [...clean.matchAll(/<\/?([a-z\d]+)((?: [a-z:-]+="[^"<>]*")*)\/?>/g)];
  expect(clean.replace(/<\/?[a-z\d]+(?: [a-z:-]+="[^"<>]*")*\/?>/g, "")).not.toMatch(/[<>]/);
  for (const [, name, attributes] of tags) {
    expect(["p", "a", "img", "table"]).toContain(name);
    expect(attributes).not.toMatch(/ (?:on\w+|style|srcdoc)="/);
    expect(attributes?.replaceAll(/&#?\w+;/g, "")).not.toMatch(
      /(?:href|src|action)="\s*(?:javascript|vbscript|data):/i,
    );
  }
  await engine.close();
});
