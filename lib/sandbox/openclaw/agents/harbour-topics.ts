interface Topic {
  id: string;
  /** What in a question points to it; matched anywhere, without regard to case. */
  asked: string;
  en: string;
  zh: string;
}

/** What the harbour guide knows. Specific questions first; the general ones at the end. */
export const topics: Topic[] = [
  {
    id: "who",
    asked:
      "who are you|are you (?:an? )?(?:ai|real|human|bot|llm|model|gpt|claude)|which model|what model|你是谁|您是谁|真人|什么模型|哪个模型|机器人",
    en: `I am the harbour guide, and no model at all: a few pages of prepared answers behind a faithful imitation of an OpenClaw gateway. The imitation is the useful part. My words travel through the same connection, the same storage and the same stream as a real agent's would.

So judge Breakwater by how this feels, not by how clever I am.`,
    zh: `我是港湾向导，并不是模型：只是几页预先写好的回答，背后是一个忠实模仿 OpenClaw 网关的程序。真正有用的正是这种模仿：我的话所经过的连接、存储和流式传输，与真实智能体完全相同。

所以，请以使用的感受来评价 Breakwater，而不是看我有多聪明。`,
  },
  {
    id: "connect",
    asked:
      "connect|gateway|openclaw|\\btoken\\b|set ?up|configur|real (?:model|agent|one)|连接|接入|网关|配置|真实|对接|令牌",
    en: `Connecting a real gateway takes two facts: its address and its token.

**On this page.** An administrator opens *Settings → Connections*, enters both, and presses *Connect and probe*. The probe spends no model call, and it tells apart a gateway that is down, a wrong token, a switched-off endpoint and a proxy header that is refused. Each comes with its next step.

**Or from the environment**, which then wins over the page:

\`\`\`sh
OPENCLAW_GATEWAY_URL=http://127.0.0.1:18789
OPENCLAW_GATEWAY_TOKEN=…
npm start
\`\`\`

The gateway needs its chat endpoint switched on (\`gateway.http.endpoints.chatCompletions.enabled\`). If something will not work, \`npm run doctor\` says what it sees and what to do.

What you write here in the sandbox stays readable afterwards, but it will not be continued by a real agent.`,
    zh: `接入真实网关只需要两样东西：地址和令牌。

**在页面上操作。** 管理员打开“设置 → 连接”，填入两者并点击“连接并检测”。检测不会调用模型，却能分清网关没有运行、令牌错误、接口未启用、代理请求头被拒绝等情况，并给出各自的下一步。

**或者使用环境变量**（优先于页面设置）：

\`\`\`sh
OPENCLAW_GATEWAY_URL=http://127.0.0.1:18789
OPENCLAW_GATEWAY_TOKEN=…
npm start
\`\`\`

网关需要启用聊天接口（\`gateway.http.endpoints.chatCompletions.enabled\`）。如果有问题，运行 \`npm run doctor\`，它会说明看到了什么、该怎么做。

您在沙盒里写下的内容之后仍可阅读，但不会由真实的智能体继续。`,
  },
  {
    id: "keys",
    asked: "\\bkeys?\\b|secret|credential|password|safe|secur|privat|leak|密钥|安全|凭据|密码|泄露|隐私",
    en: `Keys stay on the server; that is the first promise of this house. The browser never receives a gateway token, not in a page, not in a response, not in a log line or an address. A stolen session key would be worthless too, because none is ever accepted from a browser.

Credentials entered on the Connections page are sealed before they are stored, and each goes only to the origin it was given for. Change the origin and you are asked for the credential again.

One thing is worth knowing before you invite a crowd: a gateway's token is its owner's. Agents behind one gateway share files and memory, so people who should not share them need gateways of their own. *Settings → Connections* says plainly what could be verified and what could not.`,
    zh: `密钥只留在服务器上，这是这里的第一条承诺。浏览器永远收不到网关令牌：页面、响应、日志和地址里都没有。会话密钥即使被偷走也毫无用处，因为服务器从不接受浏览器给出的会话密钥。

在“连接”页面填写的凭据会先加密再保存，并且只会发往填写时对应的来源；更改来源时需要重新填写。

邀请很多人之前，有一点值得了解：网关令牌等同于主人的权限。同一网关后面的智能体共用文件和记忆，所以不应互相看到这些内容的人需要各自的网关。“设置 → 连接”会如实写明哪些已经验证、哪些无法验证。`,
  },
  {
    id: "tab",
    asked:
      "clos\\w* (?:the |this |my )?(?:tab|window|browser|laptop)|reload|refresh|\\btab\\b|lost|lose|crash|restart|offline|disconnect|关闭|标签页|刷新|丢失|断开|断网|崩溃|重启",
    en: `Nothing you send is lost. A message counts as sent only once the server has stored it, and the answer belongs to the server, not to your tab.

So close the tab in the middle of an answer, reload it, or open the same conversation on your phone: the text so far is there within a moment, and the rest keeps arriving. If the server itself is killed, the text received until then is kept and the answer says **interrupted**, with *Continue* and *Retry* beside it. It never pretends to be complete.

Drafts survive too, one for each conversation. Go on, ask the *longhand* agent for something long and close this tab.`,
    zh: `您发送的内容不会丢失。只有服务器存好之后，消息才算已发送；而回答属于服务器，不属于您的标签页。

所以，您可以在回答途中关闭标签页、刷新页面，或在手机上打开同一个对话：已有的文字马上就在，其余的会继续到来。即使服务器本身被强行终止，已收到的文字也会保留，回答会标明**已中断**，旁边有“继续”和“重试”。它绝不会假装已经完成。

草稿也会保留，每个对话各有一份。不妨请 *longhand* 写一篇长文，然后关掉这个标签页试试。`,
  },
  {
    id: "stop",
    asked: "\\bstop|cancel|abort|interrupt|停止|取消|中止|打断",
    en: `**Stop** does one thing: it cancels the model's work, within two seconds, and keeps every word that had arrived. The answer is marked as stopped and your draft is untouched.

Closing a tab is not Stop. Only the button (or the Escape key) cancels.

A message you write while an answer is still streaming is queued behind it. You can edit or remove it until its turn comes.`,
    zh: `**停止**只做一件事：在两秒之内取消模型的工作，并保留已经收到的每一个字。回答会标记为“已停止”，您的草稿不受影响。

关闭标签页不等于停止。只有按钮（或 Esc 键）才会取消。

在回答还没结束时写下的消息会排在后面，轮到它之前都可以编辑或移除。`,
  },
  {
    id: "edit",
    asked: "\\bedit|regenerat|retry|branch|again|version|编辑|修改|重新生成|重试|分支",
    en: `Edit a message of yours, or ask for the answer again, and you get a **branch**: the new version stands beside the old one, and a small stepper (‹ 1 / 2 ›) walks between them. Nothing that came after is deleted.

For the agent a branch begins with a fresh memory, seeded once with the conversation so far. Pictures do not travel along; the page tells you when that matters.`,
    zh: `编辑自己的消息，或要求重新回答，都会产生一个**分支**：新版本与旧版本并列，用小小的切换器（‹ 1 / 2 ›）来回查看。之后的内容不会被删除。

对智能体来说，分支是一段新的记忆，开始时会把此前的对话转述一次。图片不会随之带过去；在有影响时页面会提示您。`,
  },
  {
    id: "find",
    asked:
      "search|find|export|markdown|download|keyboard|shortcut|pin|archive|rename|搜索|查找|导出|下载|快捷键|置顶|归档|重命名",
    en: `Press **Ctrl-K** (**⌘K** on a Mac) from anywhere: the palette reaches every conversation, page and action. Search looks through all your messages, Chinese and Japanese included, and jumps to the place.

Conversations can be renamed, pinned, archived and deleted, with an Undo. Under each answer is *Copy*, which gives you the exact Markdown, and a whole conversation exports as Markdown or JSON.`,
    zh: `在任何地方按 **Ctrl-K**（Mac 上是 **⌘K**）即可打开命令面板，直达每个对话、页面和操作。搜索会查找您所有的消息，两个字的中文词也能找到，并跳转到所在位置。

对话可以重命名、置顶、归档和删除，删除可撤销。每个回答下方的“复制”会给出原始 Markdown；整个对话可以导出为 Markdown 或 JSON。`,
  },
  {
    id: "people",
    asked: "invit|people|person|team|user|admin|account|colleague|邀请|团队|用户|管理员|账号|同事|成员",
    en: `An administrator invites people from *Settings → People* with one-time links; there are no default passwords and nobody can sign up uninvited. Everyone has conversations of their own, and no route shows one person's work to another.

Roles are read from the store at every call, so taking a role away, or disabling somebody, works at once: their open streams end within seconds. Every sign-in, role change and invitation leaves a line in the audit log.`,
    zh: `管理员在“设置 → 人员”中用一次性链接邀请他人；没有默认密码，未受邀请也无法注册。每个人都有自己的对话，任何接口都不会把一个人的内容给另一个人看。

角色在每次请求时都从数据库读取，所以取消角色或停用账号会立即生效，对方打开的回答流会在几秒内结束。每次登录、角色变更和邀请都会写入审计日志。`,
  },
  {
    id: "data",
    asked:
      "\\bdata\\b|backup|database|postgres|sqlite|stored?\\b|disk|where (?:is|are|does)|数据|备份|数据库|存储|保存在",
    en: `Everything lives in one folder, \`data\` (or wherever \`DATA_DIR\` points): a SQLite database and the keys that seal it. No other server is needed. When one machine is no longer enough, set \`DATABASE_URL\` to a PostgreSQL and run as many processes as you like.

\`npm run backup\` makes a consistent copy while the server runs, and names what must be kept beside it. \`npm run restore\` brings it back.

The sandbox keeps its own file. Removing that file forgets what its agents remember, and nothing of yours.`,
    zh: `所有内容都在一个文件夹里：\`data\`（或 \`DATA_DIR\` 指定的位置），其中有 SQLite 数据库和用于加密的密钥，不需要其他服务。一台机器不够用时，把 \`DATABASE_URL\` 指向 PostgreSQL，想运行多少个进程都可以。

\`npm run backup\` 会在服务器运行时做出一致的副本，并说明还需要一并保存什么；\`npm run restore\` 用来恢复。

沙盒有自己单独的文件。删除它只会让这里的智能体失去记忆，不影响您的数据。`,
  },
  {
    id: "images",
    asked: "image|picture|photo|screenshot|upload|attach|file|图片|照片|截图|上传|附件|文件",
    en: `Paste a picture, drop it on the composer, or use the button beside it. PNG, JPEG, GIF and WebP travel to the agent with your message, up to eight at a time. Previews stay in your draft until you send or remove them.

In the sandbox nobody can see them, me included, but their way to the gateway is the real one.`,
    zh: `可以粘贴图片、把图片拖到输入框，或使用旁边的按钮。PNG、JPEG、GIF 和 WebP 会随消息送到智能体那里，一次最多八张。发送或移除之前，预览会一直保留在草稿里。

在沙盒里没有谁真能看见图片，我也不例外；但它们到达网关的路径是真实的。`,
  },
  {
    id: "cost",
    asked: "cost|price|pay|money|free\\b|credit|billing|bill\\b|费用|价格|收费|付费|免费|余额|计费",
    en: `The sandbox costs nothing: no model is called and nothing leaves this machine. With a real gateway you pay whatever its model provider charges, and Breakwater shows under each answer how many tokens it took, as far as the gateway says.`,
    zh: `沙盒不收费：不会调用任何模型，也没有任何内容离开这台机器。接入真实网关后，费用由模型提供方收取；只要网关给出数据，Breakwater 就会在每个回答下方显示所用的 token 数。`,
  },
  {
    id: "language",
    asked: "language|chinese|english|german|translat|dark|theme|语言|中文|英文|翻译|深色|主题",
    en: `Breakwater speaks English and Simplified Chinese; choose in *Settings → General*, or let the browser decide. Light and dark are both designed, not inverted. As for me, I answer in the language you ask in: 您也可以用中文问我。`,
    zh: `Breakwater 提供英文和简体中文；可在“设置 → 常规”中选择，也可以跟随浏览器。浅色和深色都是专门设计的，并非简单反色。至于我，您用哪种语言提问，我就用哪种语言回答。`,
  },
  {
    id: "agents",
    asked: "other agents?|which agents?|agents|typesetter|longhand|toolsmith|智能体|其他.{0,2}助手|哪些助手",
    en: `Four of us work in this sandbox:

| Agent | Good for |
| --- | --- |
| **harbour-guide** | questions about Breakwater; that is me |
| **typesetter** | rich Markdown: headings, tables, code, mathematics |
| **longhand** | a long read, to watch streaming, Stop and reload |
| **toolsmith** | an agent that uses tools, with the silences that brings |

Start a new chat and pick one above the composer. An administrator can give agents friendlier names and decide who may use which.`,
    zh: `这个沙盒里有四位：

| 智能体 | 适合 |
| --- | --- |
| **harbour-guide** | 关于 Breakwater 的问题，也就是我 |
| **typesetter** | 丰富的 Markdown：标题、表格、代码、数学公式 |
| **longhand** | 长文，适合观察流式输出、停止和刷新 |
| **toolsmith** | 会使用工具的智能体，以及随之而来的安静等待 |

新建对话，在输入框上方选择即可。管理员可以给智能体起更亲切的名字，并决定谁可以使用哪一个。`,
  },
  {
    id: "sandbox",
    asked: "sandbox|demo|fake|pretend|simulat|沙盒|演示|模拟|假的",
    en: `The sandbox is a second, small server that Breakwater starts when nothing real is connected. It imitates an OpenClaw gateway in everything that was observed of one: its paths and headers, its errors, its silences and its bad habits. It keeps its own file, calls no model and sends nothing anywhere.

It is never mixed with real upstreams, and every page says when it is on.`,
    zh: `沙盒是另一个小服务器，在没有接入真实上游时由 Breakwater 启动。凡是观察到的行为它都照样模仿：路径、请求头、错误、沉默，以及各种坏习惯。它有自己的文件，不调用模型，也不向任何地方发送内容。

它绝不会与真实上游混用；开启时，每个页面都会标明。`,
  },
  {
    id: "try",
    asked:
      "\\btry\\b|what can (?:i|you|one)|show me|what (?:else|next|now)|feature|capabilit|help|test|试|能做什么|可以做什么|功能|帮助|还有什么|接下来",
    en: `Here is a short tour that shows what Breakwater is made of:

1. **Ask the *longhand* agent for an essay**, then close the tab in the middle. Come back: it went on without you.
2. **Press Stop** in the next one. Every word that had arrived stays.
3. **Write while it streams.** Your message queues behind the answer; edit it while it waits.
4. **Ask the *typesetter* for a sample** and copy it: you get exact Markdown.
5. **Ask the *toolsmith* about the tides** and watch what silence looks like when it is told honestly.
6. **Edit your first message** and step between the two branches.
7. **Press Ctrl-K** and search for a word from any of this.

Then ask me how to connect a real gateway.`,
    zh: `这里有一条简短的路线，能看出 Breakwater 的特点：

1. **请 *longhand* 写一篇文章**，中途关掉标签页，再回来：没有您，它也一直在写。
2. 在下一篇里点击**停止**：已收到的每个字都会保留。
3. **在它输出时继续写**：您的消息会排在后面，等待时可以编辑。
4. **请 *typesetter* 给一份样张**并复制：得到的是原样的 Markdown。
5. **向 *toolsmith* 询问潮汐**，看看如实说明的安静等待是什么样子。
6. **编辑您的第一条消息**，在两个分支之间切换。
7. 按 **Ctrl-K**，搜索刚才出现过的任意一个词。

然后问我如何接入真实网关。`,
  },
  {
    id: "thanks",
    asked: "\\bthank|\\bthx\\b|\\bgreat\\b|\\bnice\\b|\\bcool\\b|谢谢|多谢|不错|太好了|很棒",
    en: `You are welcome. The harbour is open at all hours; ask me anything about Breakwater, or try one of the other agents from a new chat.`,
    zh: `不客气。港湾随时开放：关于 Breakwater 的问题都可以问我，也可以新建对话试试其他智能体。`,
  },
  {
    id: "welcome",
    asked:
      "^\\s*(?:hi|hello|hey|good (?:morning|afternoon|evening)|moin)\\b|what is(?= breakwater)|breakwater|what is this|introduc|你好|您好|嗨|介绍|这是什么|是什么(?<=breakwater.{0,3}是什么)",
    en: `Welcome to **Breakwater**. It is a calm place to talk to your own agents: a chat application that stands between your browser and an OpenClaw gateway, so that the gateway's keys never leave the server and nothing you write or receive is lost.

Right now you are in the **sandbox**, a built-in stand-in that needs no account and calls no model. I am its guide. Everything else is real: your messages are stored, answers go on when you close the tab, and Stop really stops.

Good first questions:

- *What can I try here?*
- *How do I connect a real gateway?*
- *What happens when I close the tab?*
- *Where do my keys stay?*`,
    zh: `欢迎来到 **Breakwater**。这里是与您自己的智能体安静交谈的地方：它介于浏览器和 OpenClaw 网关之间，网关的密钥从不离开服务器，您写下和收到的内容也不会丢失。

您现在处于**沙盒**中：这是内置的替身，不需要账号，也不调用任何模型，我是这里的向导。其余一切都是真实的：消息会被保存，关闭标签页后回答仍会继续，点击“停止”就真的停止。

不妨先问：

- *在这里可以试用什么？*
- *如何接入真实网关？*
- *关闭标签页会怎样？*
- *我的密钥存放在哪里？*`,
  },
];
