import "server-only";
import { createHash, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** Who stands before the provider, as its claims say. */
export interface Claims {
  sub: string;
  email?: string;
  email_verified?: boolean;
  name?: string;
}

export interface TestProvider {
  issuer: string;
  /** The environment that makes Breakwater use it. */
  environment: Record<string, string>;
  /** What the provider's page does: from the address it was called with to the address it sends the browser back to. */
  approve(authorizationUrl: string, claims: Claims): string;
  /** Changes the next ID token before it is signed. */
  tamper(change: (claims: Record<string, unknown>) => Record<string, unknown>): void;
}

/** An OpenID Connect provider over real HTTP that checks PKCE as it must. */
export async function startProvider(): Promise<TestProvider> {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const grants = new Map<string, { claims: Claims; nonce: string; challenge: string }>();
  let change = (claims: Record<string, unknown>) => claims;
  let issuer = "";

  function idToken(grant: { claims: Claims; nonce: string }): string {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer, aud: "breakwater", iat: now, exp: now + 300, nonce: grant.nonce, ...grant.claims };
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const signed = `${encode({ alg: "RS256", kid: "1" })}.${encode(change(claims))}`;
    return `${signed}.${sign("sha256", Buffer.from(signed), privateKey).toString("base64url")}`;
  }

  async function answer(path: string, request: IncomingMessage): Promise<[number, unknown]> {
    if (path === "/.well-known/openid-configuration") {
      return [
        200,
        {
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/jwks`,
        },
      ];
    }
    if (path === "/jwks") return [200, { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "1", use: "sig" }] }];
    if (path !== "/token") return [404, {}];
    const form = new URLSearchParams(await bodyOf(request));
    const grant = grants.get(form.get("code") ?? "");
    grants.delete(form.get("code") ?? "");
    const challenge = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    if (grant === undefined || challenge !== grant.challenge) return [400, { error: "invalid_grant" }];
    return [200, { access_token: randomUUID(), token_type: "Bearer", id_token: idToken(grant) }];
  }

  const server = createServer((request, response) => {
    void answer(new URL(request.url ?? "/", "http://host").pathname, request).then(([status, body]) => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    issuer,
    environment: {
      AUTH_OIDC_ISSUER: issuer,
      AUTH_OIDC_ID: "breakwater",
      AUTH_OIDC_SECRET: "the client secret",
      AUTH_OIDC_NAME: "Test provider",
    },
    approve(authorizationUrl, claims) {
      const asked = new URL(authorizationUrl).searchParams;
      const code = randomUUID();
      grants.set(code, {
        claims,
        nonce: asked.get("nonce") ?? "",
        challenge: asked.get("code_challenge") ?? "none was sent",
      });
      const back = new URL(asked.get("redirect_uri") ?? "");
      back.searchParams.set("code", code);
      back.searchParams.set("state", asked.get("state") ?? "");
      return back.href;
    },
    tamper(next) {
      change = next;
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}
