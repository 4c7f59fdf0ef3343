package com.withampersand.sdk.token.refresh;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.withampersand.sdk.Actor;
import com.withampersand.sdk.Reason;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.internal.Json;
import com.withampersand.sdk.internal.Text;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.StoreTime;
import com.withampersand.sdk.token.Version;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Grants as bytes: a line of JSON with all but the tokens, and the tokens as they write themselves
 * down, so that these are parsed once. Also reads what earlier snapshots stored, where the tokens
 * were a member of the one object, and SDKs before 0.2: tokens alone, with marks among their
 * attributes.
 */
final class GrantJson {
  private static final int FORMAT = 3;
  private static final int MOST_COUNTED = 1000;
  private static final String OLD_MARK = "ampersand-sdk:";
  private static final String OLD_ENDED = OLD_MARK + "error";
  private static final String OLD_HANDING_OVER = OLD_MARK + "handing_over";
  private static final String OLD_CONNECTION = OLD_MARK + "connection";

  private GrantJson() {}

  static byte[] write(Grant grant) {
    ObjectNode json = Json.object();
    json.put("grant", FORMAT);
    json.put("version", grant.version().toString());
    json.put("consent", grant.consent());
    json.put("rotates", grant.rotates());
    json.set("state", state(grant.state()));
    String text = json + "\n" + grant.tokens().toJson().reveal();
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static ObjectNode state(GrantState state) {
    ObjectNode json = Json.object();
    json.put("name", state.name());
    if (state instanceof GrantState.InDoubt doubt) {
      writeDoubt(json, doubt);
    } else if (state instanceof GrantState.NeedsConsent ended) {
      json.set("refusal", refusal(ended.refusal()));
      json.put("access_refused", ended.accessRefused());
    } else if (state instanceof GrantState.Blocked blocked) {
      json.set("refusal", refusal(blocked.refusal()));
      json.put("access_refused", blocked.accessRefused());
      writeTime(json, blocked.since());
      if (blocked.origin() != null) {
        writeDoubt(json.putObject("origin"), blocked.origin());
      }
    } else if (state instanceof GrantState.HandingOver handing) {
      json.put("attempt", handing.attempt());
    } else if (state instanceof GrantState.HandedOver handed) {
      json.put("connection", handed.connection());
    } else if (state instanceof GrantState.Disconnecting disconnecting
        && disconnecting.connection() != null) {
      json.put("connection", disconnecting.connection());
    }
    return json;
  }

  private static void writeDoubt(ObjectNode json, GrantState.InDoubt doubt) {
    writeTime(json, doubt.since());
    json.put("tries", doubt.tries());
    json.put("unknown", doubt.unknown());
  }

  private static void writeTime(ObjectNode json, @Nullable StoreTime since) {
    if (since != null) {
      json.put("since", since.millis());
    }
  }

  private static ObjectNode refusal(Refusal refusal) {
    ObjectNode json = Json.object();
    json.put("error", refusal.error());
    if (refusal.description() != null) {
      json.put("description", refusal.description());
    }
    json.put("verdict", refusal.verdict().name());
    json.put("reason", refusal.reason().name());
    json.put("actor", refusal.actor().name());
    json.put("remedy", refusal.remedy());
    return json;
  }

  /**
   * Returns the grant that was written.
   *
   * @throws IllegalArgumentException if the bytes are none, or a later version's
   */
  static Grant read(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    int line = text.indexOf("}\n{") + 1;
    if (line > 0 && text.startsWith("{\"grant\":")) {
      JsonNode json = Json.readObject(Secret.of(text.substring(0, line)), "grant");
      return read(json, text.substring(line));
    }
    JsonNode json = Json.readObject(Secret.of(text), "grant");
    return json.has("grant")
        ? read(json, json.path("tokens").toString())
        : old(TokenSet.fromJson(Secret.of(text)));
  }

  private static Grant read(JsonNode json, String tokens) {
    if (json.path("grant").asInt() > FORMAT) {
      throw new IllegalArgumentException("a later version of the SDK wrote this grant");
    }
    return new Grant(
        Version.parse(Json.requireText(json, "version")),
        Json.requireText(json, "consent"),
        readState(json.path("state")),
        json.path("rotates").asBoolean(),
        TokenSet.fromJson(Secret.of(tokens)));
  }

  private static GrantState readState(JsonNode json) {
    return switch (Json.requireText(json, "name")) {
      case "ACTIVE" -> new GrantState.Active();
      case "IN_DOUBT" -> readDoubt(json);
      case "NEEDS_CONSENT" ->
          new GrantState.NeedsConsent(
              readRefusal(json.path("refusal")), json.path("access_refused").asBoolean());
      case "BLOCKED" ->
          new GrantState.Blocked(
              readRefusal(json.path("refusal")),
              json.path("access_refused").asBoolean(),
              readTime(json),
              json.has("origin") ? readDoubt(json.path("origin")) : null);
      case "HANDING_OVER" -> new GrantState.HandingOver(Json.requireText(json, "attempt"));
      case "HANDED_OVER" -> new GrantState.HandedOver(Json.requireText(json, "connection"));
      case "DISCONNECTING" ->
          new GrantState.Disconnecting(Json.text(json, "connection").orElse(null));
      default -> throw new IllegalArgumentException("the state of this grant is not known");
    };
  }

  private static GrantState.InDoubt readDoubt(JsonNode json) {
    return new GrantState.InDoubt(
        readTime(json), count(json.path("tries")), count(json.path("unknown")));
  }

  /** More make no difference, and cannot be counted further. */
  private static int count(JsonNode json) {
    return Math.min(Math.max(json.asInt(), 0), MOST_COUNTED);
  }

  private static @Nullable StoreTime readTime(JsonNode json) {
    return json.has("since") ? new StoreTime(json.path("since").asLong()) : null;
  }

  /** Its texts are a server's. They were redacted before they were stored, unless they changed. */
  private static Refusal readRefusal(JsonNode json) {
    return new Refusal(
        Text.withoutSecrets(Json.requireText(json, "error"), List.of()),
        Json.text(json, "description")
            .map(text -> Text.withoutSecrets(text, List.of()))
            .orElse(null),
        named(Verdict.values(), Json.requireText(json, "verdict"), Verdict.UNKNOWN),
        Reason.named(Json.requireText(json, "reason")),
        readActor(Json.requireText(json, "actor")),
        Text.withoutSecrets(Json.requireText(json, "remedy"), List.of()));
  }

  /** Earlier snapshots have another name for {@link Actor#NONE}. */
  private static Actor readActor(String name) {
    return name.equals("NOBODY") ? Actor.NONE : named(Actor.values(), name, Actor.DEVELOPER);
  }

  /** A later version may know others. */
  private static <E extends Enum<E>> E named(E[] values, String name, E otherwise) {
    return Arrays.stream(values)
        .filter(value -> value.name().equals(name))
        .findFirst()
        .orElse(otherwise);
  }

  /** Reads the marks that SDKs before 0.2 wrote among the attributes. */
  private static Grant old(TokenSet marked) {
    TokenSet tokens = marked.withoutAttributes(name -> name.startsWith(OLD_MARK));
    return new Grant(Version.OLD, tokens.consentId(), oldState(marked), false, tokens);
  }

  private static GrantState oldState(TokenSet marked) {
    if (marked.attribute(OLD_CONNECTION).isPresent()) {
      return new GrantState.HandedOver(marked.attribute(OLD_CONNECTION).get());
    }
    if (marked.attribute(OLD_HANDING_OVER).isPresent()) {
      return new GrantState.HandingOver("");
    }
    // What an old SDK took for an end may have been a false verdict.
    return marked.attribute(OLD_ENDED).isPresent()
        ? GrantState.InDoubt.NEW
        : new GrantState.Active();
  }
}
