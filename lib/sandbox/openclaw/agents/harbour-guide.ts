import { topics } from "#lib/sandbox/openclaw/agents/harbour-topics.ts";
import { heardIn, type Language, restOf, speak } from "#lib/sandbox/openclaw/agents/speech.ts";
import type { ModelAnswer, ModelCall } from "#lib/sandbox/openclaw/model-call.ts";

/** Explains Breakwater and answers a handful of questions about it, in English or Chinese. */
export function harbourGuide(call: ModelCall): Promise<ModelAnswer> {
  const { said, language } = heardIn(call);
  const rest = restOf(
    call,
    topics.flatMap(({ en, zh }) => [en, zh]),
  );
  return speak(call, rest ?? answerTo(said, language, { first: call.earlier.length === 0, images: call.newImages }));
}

function answerTo(said: string, language: Language, { first, images }: { first: boolean; images: number }): string {
  if (images > 0) return imageReceived[language](images);
  const scored = topics
    .map((topic) => ({ topic, score: said.match(new RegExp(topic.asked, "giu"))?.length ?? 0 }))
    .filter(({ score }) => score > 0)
    // Of equal matches the one listed first wins: the specific questions stand before the general ones.
    .sort((a, b) => b.score - a.score);
  const best = scored[0]?.topic;
  if (best !== undefined) return best[language];
  const welcome = topics.find(({ id }) => id === "welcome");
  return first && welcome !== undefined ? welcome[language] : notKnown[language];
}

const imageReceived: Record<Language, (count: number) => string> = {
  en: (count) =>
    `${count === 1 ? "Your picture" : `All ${count} pictures`} arrived at the gateway, whole. I cannot look at ${count === 1 ? "it" : "them"}, though: I am a script with good manners, not a model that sees. Connect a real gateway with a model that reads images and the very same message will be answered properly.`,
  zh: (count) =>
    `${count === 1 ? "您的图片" : `${count} 张图片`}已完整送达网关。不过我看不见图片：我只是一段写得比较客气的脚本，并不是能识图的模型。接入真实网关并选用支持图片的模型后，同样的消息就能得到真正的回答。`,
};

const notKnown: Record<Language, string> = {
  en: `That is beyond my harbour walls. I am a scripted guide in a sandbox, so I only know about Breakwater itself. Ask me about one of these and I will do better:

- what one can **try** here
- how to **connect** a real OpenClaw gateway
- where your **keys** and your **data** stay
- what happens when you **close the tab** or press **Stop**
- **searching**, **exporting**, **editing** and **inviting** people`,
  zh: `这超出了我的港湾。我是沙盒里的一位脚本向导，只了解 Breakwater 本身。您可以问我：

- 在这里可以**试用**什么
- 如何**接入**真实的 OpenClaw 网关
- **密钥**和**数据**存放在哪里
- **关闭标签页**或点击**停止**之后会发生什么
- **搜索**、**导出**、**编辑**以及**邀请**他人`,
};
