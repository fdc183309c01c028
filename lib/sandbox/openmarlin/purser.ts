import type { Clock } from "#lib/sandbox/clock.ts";
import { authorOf } from "#lib/sandbox/openclaw/agents/authors.ts";
import { heardIn, type Language, speak } from "#lib/sandbox/openclaw/agents/speech.ts";
import { hasDirectives } from "#lib/sandbox/openclaw/directives.ts";
import type { ModelCall } from "#lib/sandbox/openclaw/model-call.ts";
import { callModel } from "#lib/sandbox/openclaw/provider.ts";
import type { Execution } from "#lib/sandbox/openmarlin/executions.ts";

export interface WritingOrder {
  /** One of the sandbox's agents, or anybody: whom the sandbox does not know the purser speaks for. */
  agentId: string | null;
  instruction: string;
  /** Directives that a fault adds to the instruction. */
  extra: string;
  /** Instructions of the same session. */
  earlier: string[];
  execution: Execution;
  clock: Clock;
  signal: AbortSignal;
  emit(text: string): Promise<void> | void;
}

/**
 * The answer to one instruction; resolves with the whole text. Directives such as `[[words 60]]` do what they do in the
 * gateway part. Throws a ProviderFault, or the signal's reason.
 */
export async function write({
  agentId,
  instruction,
  extra,
  earlier,
  execution,
  ...order
}: WritingOrder): Promise<string> {
  const pieces: string[] = [];
  const call: ModelCall = {
    agent: agentId ?? "purser",
    model: execution.model,
    messages: earlier.length + 1,
    users: earlier.length + 1,
    images: 0,
    last: `${instruction}${extra}`,
    spoken: instruction,
    newImages: 0,
    earlier,
    toolResults: [],
    turn: execution.requestId,
    signal: order.signal,
    clock: order.clock,
    emit(kind, piece) {
      if (kind !== "text") return;
      pieces.push(piece);
      return order.emit(piece);
    },
  };
  if (hasDirectives(call.last) || authorOf(call.agent) !== undefined) await callModel(call);
  else await purser(call);
  return pieces.join("");
}

/** Speaks about money, since that is what this upstream is tried for. */
async function purser(call: ModelCall): Promise<void> {
  const { said, language } = heardIn(call);
  const topic = topics.find(({ asked }) => asked.test(said)) ?? (call.earlier.length === 0 ? welcome : other);
  await speak(call, topic[language]);
}

type Topic = Record<Language, string>;

const welcome: Topic = {
  en: `Welcome aboard. I am the purser: a scripted voice in a sandbox that imitates OpenMarlin. Every message here costs a few play credits, so that you can see what happens when they run out. Ask me about **credits**, **topping up**, **models** or **videos**, or just keep writing.`,
  zh: `欢迎上船。我是账房：这个沙盒模仿 OpenMarlin，我是其中一段写好的脚本。在这里每条消息都会花掉几个试用点数，好让您看看点数用完时会发生什么。您可以问我**点数**、**充值**、**模型**或**视频**，也可以随便写点什么。`,
};

const other: Topic = {
  en: `Noted in the log. I am only a script, so I cannot say anything clever about that, but the message went the whole way: routed, answered, and paid for with play credits. Ask me about **credits**, **topping up**, **models** or **videos** and I will have more to say.`,
  zh: `已记入航海日志。我只是一段脚本，对此说不出什么高见，不过这条消息走完了全程：路由、作答，并用试用点数付了账。您可以问我**点数**、**充值**、**模型**或**视频**，这些我更在行。`,
};

const topics: ({ asked: RegExp } & Topic)[] = [
  {
    asked: /\btop(?:ping)?[ -]?up\b|\bcheckout\b|\bpay(?:ment|ing)?\b|充值|支付|付款/i,
    en: `When a message needs more credits than there are, it waits. You choose an amount, a checkout opens in a new tab, and there you can pay, let the card be declined, or simply leave. No real money moves. Once the credit has arrived the waiting message is answered by itself, once.`,
    zh: `如果点数不够，消息会先等待。您选择金额后，结账页会在新标签页中打开，在那里可以付款、让银行卡被拒，或者直接离开。不会动用真钱。点数到账后，等待中的消息会自动得到回答，而且只回答一次。`,
  },
  {
    asked: /\bvideos?\b|\bfilm\b|\bclip\b|视频|短片/i,
    en: `Videos are tasks: you describe one, it waits in a queue, runs for a while and ends with a short clip. In this sandbox it is always the same one, five seconds of waves. A prompt with \`[[fail]]\` in it ends in a failure, and the credits come back.`,
    zh: `视频是一种任务：您写下描述，任务先排队，运行一会儿，最后得到一段短片。在这个沙盒里永远是同一段，五秒钟的海浪。提示词里写上 \`[[fail]]\`，任务就会失败，点数会退回。`,
  },
  {
    asked: /\bmodels?\b|\bproviders?\b|\brout(?:e|ing)\b|模型|路由|服务商/i,
    en: `Three models sail here: \`harbour/beacon\` is picked when you leave it to the routing, \`harbour/beacon-mini\` costs a third of it, and \`lighthouse/keeper\` nearly three times as much. They all speak through me, so the difference is only in the bill.`,
    zh: `这里有三个模型：自动路由会选 \`harbour/beacon\`，\`harbour/beacon-mini\` 只要三分之一的价钱，\`lighthouse/keeper\` 差不多是三倍。它们其实都由我代言，差别只在账单上。`,
  },
  {
    asked: /\bcredits?\b|\bbalance\b|\bcosts?\b|\bprices?\b|点数|余额|价格|多少钱/i,
    en: `A new workspace begins with a handful of play credits, enough for about four messages. Each message is charged when it is accepted; if it fails, the charge is reversed. The balance, the usage and every entry of the ledger are on the billing page.`,
    zh: `新的工作区会得到少量试用点数，大约够四条消息。消息一经受理就会扣费；如果失败，扣费会冲回。余额、用量和每一笔流水都在账单页面上。`,
  },
];
