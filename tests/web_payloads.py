"""Text that becomes markup or script where a page forgets to escape. Each would set `window.hit` or ask for `/hit`."""

from __future__ import annotations

PAYLOADS = tuple(
    r"""
<script>window.hit=1</script>
<script src=/hit></script>
</script><script>window.hit=1</script>
<ScRiPt>window.hit=1</sCrIpT>
<scr<script>ipt>window.hit=1</scr</script>ipt>
<img src=/hit onerror=window.hit=1>
<img src="x" onerror="alert(1)">
<img src=x:x onerror=&#119;indow.hit=1>
<IMG ""><SCRIPT>alert(1)</SCRIPT>">
<image src=/hit onerror=window.hit=1>
<svg onload=window.hit=1>
<svg/onload=alert(1)>
<svg><script>window.hit=1</script></svg>
<svg><animate onbegin=window.hit=1 attributeName=x dur=1s>
<svg><a xlink:href="javascript:window.hit=1"><text x=20 y=20>甲</text></a></svg>
<math><mtext><table><mglyph><style><img src=/hit onerror=window.hit=1>
<iframe src="javascript:parent.hit=1"></iframe>
<iframe srcdoc="<script>parent.hit=1</script>"></iframe>
<object data="/hit"></object>
<embed src="/hit">
<video src=/hit onerror=window.hit=1></video>
<audio src onerror=window.hit=1>
<details open ontoggle=window.hit=1><summary>甲</summary></details>
<body onload=window.hit=1>
<input autofocus onfocus=window.hit=1>
<select autofocus onfocus=alert(1)>
<marquee onstart=window.hit=1>甲</marquee>
<a href="javascript:window.hit=1">甲</a>
<a href="data:text/html,<script>window.hit=1</script>">甲</a>
<form action=/hit><button>甲</button></form>
<link rel=stylesheet href=/hit>
<style>@import '/hit';</style>
<style>*{background:url(/hit)}</style>
<div style="background:url(/hit)">甲</div>
<meta http-equiv=refresh content="0;url=/hit">
<base href="/hit/">
<template><img src=/hit></template>
<!--><img src=/hit onerror=window.hit=1>-->
<![CDATA[<img src=/hit onerror=window.hit=1>]]>
<noscript><p title="</noscript><img src=/hit onerror=window.hit=1>">
<textarea></textarea><img src=/hit onerror=window.hit=1>
</textarea><script>window.hit=1</script>
</title><img src=/hit>
</p></article></main><img src=/hit onerror=window.hit=1>
"><img src=/hit onerror=window.hit=1>
'><img src=/hit onerror=window.hit=1>
" onmouseover="window.hit=1" autofocus onfocus="window.hit=1
' onfocus='window.hit=1' autofocus x='
" style="background:url(/hit)
`${window.hit=1}`
${window.hit=1}
${alert(1)}
{{window.hit=1}}
{{constructor.constructor('window.hit=1')()}}
{{{value}}}<img src=/hit>
{% raw %}<img src=/hit>{% endraw %}
<%= window.hit=1 %>
`;window.hit=1;`
';window.hit=1;'
\";window.hit=1;//
\u003cimg src=/hit onerror=window.hit=1\u003e
&lt;img src=/hit onerror=window.hit=1&gt;
&#60;img src=/hit onerror=window.hit=1&#62;
%3Cimg src=/hit onerror=window.hit=1%3E
＜img src=/hit onerror=window.hit=1＞
<img/src=/hit/onerror=window.hit=1>
<x onclick=window.hit=1 id=zw-pane class=zw-marker>甲</x>
[甲](javascript:window.hit=1)
![甲](/hit)
[9]: javascript:window.hit=1
<javascript:window.hit=1>
**甲**<b onclick=window.hit=1>乙</b>
""".strip().splitlines()
)
