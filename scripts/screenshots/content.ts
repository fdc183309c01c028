import type { RunningBreakwater } from "#scripts/support/breakwater.ts";
import { firstMessage } from "#scripts/support/messages.ts";
import { adminCredentials, type HttpPerson, invitePerson, setUpAdmin } from "#scripts/support/person.ts";

export interface DemoContent {
  admin: HttpPerson;
  /** The code of an open invitation. */
  invitationCode: string;
  /** Conversations by what they show. */
  conversations: Record<string, string>;
}

const questions: [string, string, RegExp][] = [
  ["markdown", "Show me what an answer can look like: headings, a table, code and a formula.", /markdown|rich|show/i],
  ["long", "Write about how a breakwater is built, from the sea bed to the crown.", /long|writ/i],
  ["tools", "Look into the workspace and tell me what is there.", /tool/i],
  ["hello", "What are you, and what can I do here?", /guide|breakwater|explain|main/i],
];

/** People, an invitation, and a conversation with each kind of agent. */
export async function fillWithDemoContent(server: RunningBreakwater): Promise<DemoContent> {
  const admin = await setUpAdmin(server, { ...adminCredentials, name: "Ada Brandt" });
  for (const [name, email] of [
    ["Li Wei", "li.wei@example.org"],
    ["Robin Keller", "robin@example.org"],
  ] as const) {
    await invitePerson(admin, { name, email, password: "a pass phrase for pictures" });
  }
  const invitation = await admin.json<{ url: string }>("POST", "/api/people/invitations", {
    role: "member",
    email: "new@example.org",
  });
  const { agents } = await admin.json<{ agents: { id: string; name: string }[] }>("GET", "/api/agents");
  const conversations: Record<string, string> = {};
  for (const [key, text, wanted] of questions) {
    const agent = agents.find(({ id, name }) => wanted.test(`${id} ${name}`)) ?? agents[0];
    for await (const event of admin.send(firstMessage(text, agent?.id))) {
      if (event.type === "accepted") conversations[key] = event.conversationId;
    }
  }
  return { admin, invitationCode: invitation.url.split("/").at(-1) ?? "", conversations };
}
