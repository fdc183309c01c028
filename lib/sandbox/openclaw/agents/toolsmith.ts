import { heardIn, type Language, speak, usageOf } from "#lib/sandbox/openclaw/agents/speech.ts";
import type { ModelAnswer, ModelCall } from "#lib/sandbox/openclaw/model-call.ts";

/** One step before the answer: what is said, how long it then works in silence, and what it asks its tools. */
interface Step {
  say: Record<Language, string>;
  silenceMs: number;
  tool: { name: string; arguments: Record<string, string> };
}

const steps: Step[] = [
  {
    say: {
      en: "Let me see what lies on the harbour office's desk before I answer.",
      zh: "回答之前，我先看看港务办公室的桌上有什么。",
    },
    silenceMs: 3000,
    tool: { name: "ls", arguments: { path: "harbour" } },
  },
  {
    say: {
      en: "There is a tide table, and there are lists of gates and berths. I will read what I need.",
      zh: "有一份潮汐表，还有闸门表和泊位表。我读一下需要的部分。",
    },
    silenceMs: 7000,
    tool: { name: "read", arguments: { path: "harbour/tides.csv" } },
  },
];

/** The third step, without a word: the list that the question is about. */
function lastStep(subject: Subject): Step {
  const file = subject === "gates" ? "gates.csv" : "berths.csv";
  return { say: { en: "", zh: "" }, silenceMs: 4500, tool: { name: "read", arguments: { path: `harbour/${file}` } } };
}

type Subject = "tides" | "berths" | "gates";

function subjectOf(said: string): Subject {
  if (/\bgates?\b|闸/i.test(said)) return "gates";
  return /berth|boat|yacht|draught|泊|船/i.test(said) ? "berths" : "tides";
}

/**
 * Works with tools for a while before it answers. Through the gateway that is text, silence, text; only the history shows
 * why. The longest silence, about twelve seconds, is enough to see how a page says that it still waits.
 */
export async function toolsmith(call: ModelCall): Promise<ModelAnswer> {
  const { said, language } = heardIn(call);
  const subject = subjectOf(said);
  const step = [...steps, lastStep(subject)][call.toolResults.length];
  if (step !== undefined && !/^\s*(?:thanks?|thank you|谢谢|多谢)/i.test(said)) {
    const text = step.say[language];
    const answer = text === "" ? { usage: usageOf(call, "") } : await speak(call, text);
    await call.clock.pace(step.silenceMs, call.signal);
    return { finish: "stop", toolCall: step.tool, usage: answer.usage };
  }
  if (step !== undefined) return speak(call, thanks[language]);
  return speak(call, { tides, berths, gates }[subject][language]);
}

const thanks: Record<Language, string> = {
  en: "With pleasure. The tools go back on their hooks.",
  zh: "乐意效劳，工具已经放回原处。",
};

const tides: Record<Language, string> = {
  en: `I read two files, and this is the week as the tide table has it:

| Day | Low water | High water | Height |
| --- | ---: | ---: | ---: |
| Mon | 05:12 | 11:31 | 3.4 m |
| Tue | 06:01 | 12:18 | 3.7 m |
| Wed | 06:47 | 13:04 | 4.0 m |
| Thu | 07:31 | 13:50 | **4.2 m** |
| Fri | 08:16 | 14:37 | 4.1 m |
| Sat | 09:03 | 15:26 | 3.9 m |
| Sun | 09:55 | 16:20 | 3.5 m |

**Thursday** has the most water. A boat that draws 3.5 m and wants half a metre under her keel can cross the bar from Wednesday to Friday, within about an hour of high water.

*You saw text, then silence, then text. While an agent uses its tools a gateway sends nothing at all, and Breakwater says so instead of pretending. Ask me which berth is free, and I will look again.*`,
  zh: `我读了两个文件，潮汐表上这一周是这样的：

| 日期 | 低潮 | 高潮 | 潮高 |
| --- | ---: | ---: | ---: |
| 周一 | 05:12 | 11:31 | 3.4 米 |
| 周二 | 06:01 | 12:18 | 3.7 米 |
| 周三 | 06:47 | 13:04 | 4.0 米 |
| 周四 | 07:31 | 13:50 | **4.2 米** |
| 周五 | 08:16 | 14:37 | 4.1 米 |
| 周六 | 09:03 | 15:26 | 3.9 米 |
| 周日 | 09:55 | 16:20 | 3.5 米 |

**周四**水位最高。吃水 3.5 米、龙骨下要留半米的船，周三到周五在高潮前后约一小时内都能通过浅滩。

*您刚才看到的是：文字，安静，然后又是文字。智能体使用工具时，网关不会发送任何内容；Breakwater 会如实说明，而不是假装忙碌。问我哪个泊位空着，我再去看看。*`,
};

const berths: Record<Language, string> = {
  en: `Here is what the list of berths says:

- **A1** and **A2** are shallow (3.2 m, boats up to 14 m). A1 is free from Friday on, A2 from Monday to Friday.
- **B1** is taken all week but Monday; **B2** is free from Thursday on (4.5 m deep, boats up to 22 m).
- **C1** is the deep one (6.0 m, up to 35 m). Nobody has booked it, but a note on the desk keeps it for the pilot boat unless the harbour master agrees.

For most visitors I would take **B2 from Thursday**: deep enough, long enough, and it coincides with the best water of the week.

*Between my sentences I listed a folder and read two files. The stream showed none of it; the session's history does.*`,
  zh: `泊位表上是这样写的：

- **A1** 和 **A2** 较浅（3.2 米，船长不超过 14 米）。A1 周五起空闲，A2 周一至周五空闲。
- **B1** 除周一外全周占用；**B2** 周四起空闲（水深 4.5 米，船长不超过 22 米）。
- **C1** 最深（6.0 米，船长不超过 35 米），目前无人预订；但桌上的便条写着，除非港务长同意，否则留给引航船。

对大多数来客，我会选**周四起的 B2**：够深、够长，又正好赶上一周里水位最好的时候。

*在几句话之间，我列出了一个文件夹，读了两个文件。流式输出里看不到这些，会话历史里可以看到。*`,
};

const gates: Record<Language, string> = {
  en: `**Sunday, from 11:00 to 16:00.** That is five hours, and nobody needs the gate.

How I came to it:

1. Work on **gate 2** needs five hours on a day when high water stays below **3.6 m**. The tide table has two such days:

   | Day | High water | Height | In the way |
   | --- | ---: | ---: | --- |
   | Mon | 11:31 | 3.4 m | the dredger, 08:00 to 12:30 |
   | Sun | 16:20 | 3.5 m | nothing |

2. On Monday the dredger passes from 08:00 to 12:30. Five hours before it would begin at three in the morning, and after it the tide is already falling.
3. On Sunday no passage is booked, and five hours from 11:00 end before high water.

If the wind should blow above 7 from the west, the note on the desk says that nobody enters anyway; then Monday afternoon would do as well.

*Between my sentences I listed a folder and read two files. The stream showed none of it: text, silence, text. The session's history does.*`,
  zh: `**周日 11:00 至 16:00。** 正好五小时，而且没有船要过闸。

推算过程：

1. **2 号闸**的检修需要五小时，并且当天高潮须低于 **3.6 米**。潮汐表里有两天符合：

   | 日期 | 高潮 | 潮高 | 冲突 |
   | --- | ---: | ---: | --- |
   | 周一 | 11:31 | 3.4 米 | 挖泥船，08:00 至 12:30 |
   | 周日 | 16:20 | 3.5 米 | 无 |

2. 周一 08:00 至 12:30 有挖泥船通过。若在此之前做，凌晨三点就要开工；之后潮水已经在退。
3. 周日没有预定的通行，11:00 起的五小时在高潮之前结束。

如果西风超过 7 级，桌上的便条写着任何船只都不得进港；那样的话，周一下午也可以。

*在几句话之间，我列出了一个文件夹，读了两个文件。流式输出里只有文字、安静、文字；会话历史里可以看到全部。*`,
};
