import type { Language } from "#lib/sandbox/openclaw/agents/speech.ts";

/** The typesetter's pages. Each part can stand alone. */
export const samples: Record<Language, { tour: string; code: string; table: string; math: string }> = {
  en: {
    tour: `# A specimen sheet

Everything on this page is plain text with a few marks in it. *Emphasis* leans, **weight** presses, ~~mistakes~~ are crossed out, and \`inline code\` keeps its own face. A paragraph can hold a [link to the CommonMark specification](https://spec.commonmark.org/), a bare address such as https://www.markdownguide.org, and raw HTML like <kbd>Ctrl</kbd>, which is shown as it was written.

## Lists

1. First, choose the stone.
   - Granite for the outside,
   - rubble for the heart.
2. Then wait for weather.
3. Then build, from the shore outwards.

What remains to be done:

- [x] survey the bottom
- [x] find a quarry
- [ ] convince the sea

## A table

| Breakwater | Type | Length | Finished |
| :-- | :-: | --: | --: |
| Plymouth, England | rubble mound | 1,560 m | 1841 |
| Cherbourg, France | composite | 3,640 m | 1853 |
| Alderney, Channel Islands | vertical wall | 870 m | 1864 |
| Holyhead, Wales | \`masonry\` on rubble | 2,740 m | 1873 |

Columns are aligned left, centre and right; a wide table scrolls inside itself.

## Code

The same small question, how many hours until high water, in three languages.

\`\`\`ts
interface Tide {
  at: Date;
  heightMetres: number;
}

/** Hours until the next high water, or null when the table has ended. */
export function hoursUntil(tides: Tide[], now: Date): number | null {
  const next = tides.find(({ at }) => at > now);
  return next === undefined ? null : (next.at.getTime() - now.getTime()) / 3_600_000;
}
\`\`\`

\`\`\`python
from datetime import datetime

def hours_until(tides: list[tuple[datetime, float]], now: datetime) -> float | None:
    """The tuple is (time, height in metres)."""
    return next(((at - now).total_seconds() / 3600 for at, _ in tides if at > now), None)
\`\`\`

\`\`\`sql
SELECT min(at) - now() AS wait, height_m
  FROM tides
 WHERE at > now()
 GROUP BY height_m
 ORDER BY wait
 LIMIT 1;
\`\`\`

And a change to review:

\`\`\`diff
- const depth = chart.depth;
+ const depth = chart.depth + tide.heightMetres - swell / 2;
\`\`\`

## Mathematics

Waves feel the bottom where the depth $h$ is less than half their length $\\lambda$. Their speed follows from

$$
c = \\sqrt{\\frac{g\\lambda}{2\\pi}\\,\\tanh\\!\\left(\\frac{2\\pi h}{\\lambda}\\right)}
$$

which becomes $c \\approx \\sqrt{gh}$ in shallow water: a wave in two metres of it walks ashore at about $4.4\\ \\mathrm{m/s}$. The stone that resists it weighs, after Hudson,

$$
W = \\frac{\\rho_s\\, g\\, H^3}{K_D\\,(S_r - 1)^3 \\cot\\alpha}.
$$

The cube of $H$ is the whole story. Waves half as high again need stones more than **three times** as heavy.

## Quotations and the rest

> The sea does not argue. It repeats itself until you give way.
>
> > And a breakwater repeats itself back.

A picture of another place is never loaded into this page; it becomes a link that says where it leads:

![The lighthouse at the end of the mole](https://example.com/lighthouse.jpg)

Notes go to the foot of the sheet.[^1]

---

That is the whole case of type. Ask for *code*, *a table* or *mathematics* to see one drawer of it.

[^1]: Like this one.`,
    code: `### Code

The same small question, how many hours until high water, in three languages.

\`\`\`ts
interface Tide {
  at: Date;
  heightMetres: number;
}

/** Hours until the next high water, or null when the table has ended. */
export function hoursUntil(tides: Tide[], now: Date): number | null {
  const next = tides.find(({ at }) => at > now);
  return next === undefined ? null : (next.at.getTime() - now.getTime()) / 3_600_000;
}
\`\`\`

\`\`\`python
from datetime import datetime

def hours_until(tides: list[tuple[datetime, float]], now: datetime) -> float | None:
    """The tuple is (time, height in metres)."""
    return next(((at - now).total_seconds() / 3600 for at, _ in tides if at > now), None)
\`\`\`

\`\`\`sql
SELECT min(at) - now() AS wait, height_m
  FROM tides
 WHERE at > now()
 GROUP BY height_m
 ORDER BY wait
 LIMIT 1;
\`\`\`

And a change to review:

\`\`\`diff
- const depth = chart.depth;
+ const depth = chart.depth + tide.heightMetres - swell / 2;
\`\`\``,
    table: `### A table

| Breakwater | Type | Length | Finished |
| :-- | :-: | --: | --: |
| Plymouth, England | rubble mound | 1,560 m | 1841 |
| Cherbourg, France | composite | 3,640 m | 1853 |
| Alderney, Channel Islands | vertical wall | 870 m | 1864 |
| Holyhead, Wales | \`masonry\` on rubble | 2,740 m | 1873 |

Columns are aligned left, centre and right; a wide table scrolls inside itself.`,
    math: `### Mathematics

Waves feel the bottom where the depth $h$ is less than half their length $\\lambda$. Their speed follows from

$$
c = \\sqrt{\\frac{g\\lambda}{2\\pi}\\,\\tanh\\!\\left(\\frac{2\\pi h}{\\lambda}\\right)}
$$

which becomes $c \\approx \\sqrt{gh}$ in shallow water: a wave in two metres of it walks ashore at about $4.4\\ \\mathrm{m/s}$. The stone that resists it weighs, after Hudson,

$$
W = \\frac{\\rho_s\\, g\\, H^3}{K_D\\,(S_r - 1)^3 \\cot\\alpha}.
$$

The cube of $H$ is the whole story. Waves half as high again need stones more than **three times** as heavy.`,
  },
  zh: {
    tour: `# 字样单

这一页上的一切都是纯文本，只是加了几个记号。*强调*略微倾斜，**加粗**更有分量，~~写错的~~被划掉，\`行内代码\`自有字体。段落里可以有[指向 CommonMark 规范的链接](https://spec.commonmark.org/)，也可以有裸地址 https://www.markdownguide.org ，还有像 <kbd>Ctrl</kbd> 这样的原始 HTML，它会按原样显示。

## 列表

1. 先选石料。
   - 外层用花岗岩，
   - 内芯用碎石。
2. 然后等待好天气。
3. 再从岸边向外修筑。

还有这些要做：

- [x] 测量海底
- [x] 找到采石场
- [ ] 说服大海

## 表格

| 防波堤 | 类型 | 长度 | 建成 |
| :-- | :-: | --: | --: |
| 普利茅斯（英国） | 抛石堤 | 1,560 米 | 1841 |
| 瑟堡（法国） | 混合式 | 3,640 米 | 1853 |
| 奥尔德尼（海峡群岛） | 直立堤 | 870 米 | 1864 |
| 霍利黑德（威尔士） | 抛石基床上的 \`砌体\` | 2,740 米 | 1873 |

各列分别左对齐、居中和右对齐；过宽的表格在自身内部滚动。

## 代码

同一个小问题（距离高潮还有几小时），用三种语言来写。

\`\`\`ts
interface Tide {
  at: Date;
  heightMetres: number;
}

/** 距离下一次高潮的小时数；潮汐表已到末尾时为 null。 */
export function hoursUntil(tides: Tide[], now: Date): number | null {
  const next = tides.find(({ at }) => at > now);
  return next === undefined ? null : (next.at.getTime() - now.getTime()) / 3_600_000;
}
\`\`\`

\`\`\`python
from datetime import datetime

def hours_until(tides: list[tuple[datetime, float]], now: datetime) -> float | None:
    """元组为（时间，潮高，单位米）。"""
    return next(((at - now).total_seconds() / 3600 for at, _ in tides if at > now), None)
\`\`\`

\`\`\`sql
SELECT min(at) - now() AS wait, height_m
  FROM tides
 WHERE at > now()
 GROUP BY height_m
 ORDER BY wait
 LIMIT 1;
\`\`\`

再来一处待审阅的修改：

\`\`\`diff
- const depth = chart.depth;
+ const depth = chart.depth + tide.heightMetres - swell / 2;
\`\`\`

## 数学公式

当水深 $h$ 小于波长 $\\lambda$ 的一半时，波浪就能“感觉到”海底。波速满足

$$
c = \\sqrt{\\frac{g\\lambda}{2\\pi}\\,\\tanh\\!\\left(\\frac{2\\pi h}{\\lambda}\\right)}
$$

在浅水中近似为 $c \\approx \\sqrt{gh}$：两米深的水里，波浪以约 $4.4\\ \\mathrm{m/s}$ 的速度走向岸边。按照 Hudson 公式，能抵挡它的石块重量为

$$
W = \\frac{\\rho_s\\, g\\, H^3}{K_D\\,(S_r - 1)^3 \\cot\\alpha}.
$$

关键全在 $H$ 的三次方：浪高增加一半，石块就要重上**三倍**多。

## 引文与其他

> 大海从不争辩。它只是一遍遍重复，直到你让步。
>
> > 防波堤也同样一遍遍地回应。

其他网站的图片不会加载到这个页面里，而是变成写明去处的链接：

![防波堤尽头的灯塔](https://example.com/lighthouse.jpg)

注释放在页脚。[^1]

---

整盒铅字就是这些。想单看其中一格，可以说“代码”“表格”或“公式”。

[^1]: 就像这一条。`,
    code: `### 代码

同一个小问题（距离高潮还有几小时），用三种语言来写。

\`\`\`ts
interface Tide {
  at: Date;
  heightMetres: number;
}

/** 距离下一次高潮的小时数；潮汐表已到末尾时为 null。 */
export function hoursUntil(tides: Tide[], now: Date): number | null {
  const next = tides.find(({ at }) => at > now);
  return next === undefined ? null : (next.at.getTime() - now.getTime()) / 3_600_000;
}
\`\`\`

\`\`\`python
from datetime import datetime

def hours_until(tides: list[tuple[datetime, float]], now: datetime) -> float | None:
    """元组为（时间，潮高，单位米）。"""
    return next(((at - now).total_seconds() / 3600 for at, _ in tides if at > now), None)
\`\`\`

\`\`\`sql
SELECT min(at) - now() AS wait, height_m
  FROM tides
 WHERE at > now()
 GROUP BY height_m
 ORDER BY wait
 LIMIT 1;
\`\`\`

再来一处待审阅的修改：

\`\`\`diff
- const depth = chart.depth;
+ const depth = chart.depth + tide.heightMetres - swell / 2;
\`\`\``,
    table: `### 表格

| 防波堤 | 类型 | 长度 | 建成 |
| :-- | :-: | --: | --: |
| 普利茅斯（英国） | 抛石堤 | 1,560 米 | 1841 |
| 瑟堡（法国） | 混合式 | 3,640 米 | 1853 |
| 奥尔德尼（海峡群岛） | 直立堤 | 870 米 | 1864 |
| 霍利黑德（威尔士） | 抛石基床上的 \`砌体\` | 2,740 米 | 1873 |

各列分别左对齐、居中和右对齐；过宽的表格在自身内部滚动。`,
    math: `### 数学公式

当水深 $h$ 小于波长 $\\lambda$ 的一半时，波浪就能“感觉到”海底。波速满足

$$
c = \\sqrt{\\frac{g\\lambda}{2\\pi}\\,\\tanh\\!\\left(\\frac{2\\pi h}{\\lambda}\\right)}
$$

在浅水中近似为 $c \\approx \\sqrt{gh}$：两米深的水里，波浪以约 $4.4\\ \\mathrm{m/s}$ 的速度走向岸边。按照 Hudson 公式，能抵挡它的石块重量为

$$
W = \\frac{\\rho_s\\, g\\, H^3}{K_D\\,(S_r - 1)^3 \\cot\\alpha}.
$$

关键全在 $H$ 的三次方：浪高增加一半，石块就要重上**三倍**多。`,
  },
};
