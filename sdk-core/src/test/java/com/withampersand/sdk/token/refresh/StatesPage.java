package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.Reason;
import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.Row.Lease;
import com.withampersand.sdk.token.Row.Revision;
import com.withampersand.sdk.token.StoreTime;
import com.withampersand.sdk.token.Version;
import com.withampersand.sdk.token.refresh.Move.What;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Words {@code docs/states.md}: what each event does in each state, found out by running it. */
final class StatesPage {
  private static final String SENT = "#sent";
  private static final Refusal REFUSAL =
      new Refusal("x", null, Verdict.FINAL, Reason.OTHER, Actor.END_USER, "");

  private static final Map<String, GrantState> STATES = new LinkedHashMap<>();
  private static final Map<String, Consumer<Scene>> EVENTS = new LinkedHashMap<>();

  static {
    STATES.put("ACTIVE", new GrantState.Active());
    STATES.put("IN_DOUBT", GrantState.InDoubt.NEW);
    STATES.put("NEEDS_CONSENT", new GrantState.NeedsConsent(REFUSAL, false));
    STATES.put(
        "NEEDS_CONSENT, and the access token was refused",
        new GrantState.NeedsConsent(REFUSAL, true));
    STATES.put("BLOCKED", new GrantState.Blocked(REFUSAL, false, null, null));
    STATES.put("HANDING_OVER", new GrantState.HandingOver("attempt"));
    STATES.put("HANDED_OVER", new GrantState.HandedOver("#c1"));
    STATES.put("DISCONNECTING", new GrantState.Disconnecting(null));
    STATES.put("DISCONNECTING, of what was handed over", new GrantState.Disconnecting("#c1"));

    EVENTS.put("`call`", scene -> scene.does(What.CALL, Scene.B));
    EVENTS.put("`get`, its end only estimated, and over", scene -> scene.does(What.GET, Scene.B));
    EVENTS.put("`refused`", scene -> scene.does(What.REFUSED, Scene.B));
    EVENTS.put("`refresh`", scene -> scene.does(What.ORDER, Scene.B));
    EVENTS.put("`save` of a consent", scene -> scene.does(What.CONSENT, Scene.B));
    EVENTS.put("`disconnect`", scene -> scene.does(What.DISCONNECT, Scene.B));
    EVENTS.put("`forget`", scene -> scene.does(What.FORGET, Scene.B));
    EVENTS.put("`handOver`", scene -> scene.does(What.HAND_OVER, Scene.B));
    EVENTS.put("`takeBack`", scene -> scene.does(What.TAKE_BACK, Scene.B));
    EVENTS.put("`changeIssuer`", scene -> scene.does(What.CHANGE_ISSUER, Scene.B));
    EVENTS.put("`keepAlive`, which finds it due", StatesPage::sweep);
    EVENTS.put("a lease lapses, then `call`", StatesPage::lapse);
    EVENTS.put("a late answer", StatesPage::lateAnswer);
    EVENTS.put("a late refusal", StatesPage::lateRefusal);
  }

  private StatesPage() {}

  static String text() {
    StringBuilder page = new StringBuilder(HEAD);
    STATES.forEach(
        (name, state) -> {
          page.append("\n## ").append(name).append("\n\n");
          page.append("| What happens | What the caller gets | What is sent | Afterwards |\n");
          page.append("|---|---|---|---|\n");
          EVENTS.forEach(
              (event, happens) -> page.append(line(event, run(in(state), happens))).append('\n'));
        });
    return page.toString();
  }

  private static final String HEAD =
      """
      # States of a grant

      What each event does in each state. This page is written by a test that runs every case on the code that decides:
      one grant of a provider that rotates refresh tokens and ends the grant at a reuse; the process that acts knows
      nothing of the grant before. The doubt has just begun, the other states are an hour old; the provider would carry a
      refresh out. The page shows what has become of the grant after two minutes.

      A `call` gets the access token for as long as nothing is known against it; `get` renews by estimate, too. *Later*
      marks a failure that a later call may not meet. `status` reads the row and says the name of the state; a lease that
      lapsed over `ACTIVE`, `IN_DOUBT` or `BLOCKED` reads as `IN_DOUBT`.
      """;

  private record Cells(String caller, String sent, String after) {}

  private static String line(String event, Cells cells) {
    return "| %s | %s | %s | %s |".formatted(event, cells.caller, cells.sent, cells.after);
  }

  private static Scene in(GrantState state) {
    Scene scene = Scene.of(ProviderKind.FAMILY, 2);
    World world = scene.world;
    Stored fresh = scene.stored();
    Grant grant = fresh.live();
    TokenSet tokens = grant.tokens();
    boolean isKept = state.isKept();
    if (isKept || state instanceof GrantState.HandingOver) {
      world.connections = isKept ? 1 : 0;
      world.recipient = isKept ? fresh.token() : Token.NONE;
      tokens = isKept ? tokens.withoutRefreshToken() : tokens;
    }
    Version version = state instanceof GrantState.Active ? grant.version() : grant.stateAt(1, 1);
    Grant changed = new Grant(version, grant.consent(), state, grant.rotates(), tokens);
    boolean isRecent = state instanceof GrantState.InDoubt;
    world.row = row(fresh, changed, null, isRecent ? world.storeTime() : fresh.tokensAt());
    return scene;
  }

  private static Stored row(Stored old, Grant grant, @Nullable Lease lease, StoreTime now) {
    return new Stored(
        new Revision("#r1"),
        grant.version(),
        old.consent(),
        grant,
        lease,
        1,
        old.tokensAt(),
        now,
        now,
        Stored.plus(now, Policy.NEVER));
  }

  private static Cells run(Scene scene, Consumer<Scene> happens) {
    int consents = scene.world.families.length;
    happens.accept(scene);
    scene.rests().passes(120);
    boolean isNew = scene.world.families.length > consents;
    return new Cells(caller(scene), sent(scene), after(scene, isNew));
  }

  private static String caller(Scene scene) {
    Set<String> heard = new LinkedHashSet<>();
    for (Action action : Objects.requireNonNull(scene.world.actions)) {
      if (action instanceof Action.Serve serve) {
        boolean isFirst = Token.of(serve.tokens()).serial() == 1;
        heard.add(isFirst ? "the tokens" : "new tokens");
      } else if (action instanceof Action.Fail fail) {
        heard.add(words(fail.failure()));
      } else if (action instanceof Action.Done done) {
        heard.add(words(done.outcome()));
      }
    }
    return heard.isEmpty() ? "" : String.join(", then ", heard);
  }

  private static String words(Failure failure) {
    return "`" + failure.kind() + "`" + (failure.isRetryable() ? ", later" : "");
  }

  private static String words(Outcome outcome) {
    return outcome.kind().toString().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
  }

  private static String sent(Scene scene) {
    Set<String> sent = new LinkedHashSet<>();
    for (Action action : Objects.requireNonNull(scene.world.actions)) {
      String words = sent(action);
      if (!words.isEmpty()) {
        sent.add(words);
      }
    }
    return String.join(", then ", sent);
  }

  private static String sent(Action action) {
    if (action instanceof Action.Send) {
      return "a refresh";
    }
    if (action instanceof Action.Revoke || action instanceof Action.Discard) {
      return "a revocation";
    }
    if (action instanceof Action.AskRecipient) {
      return "a question whether Ampersand has it";
    }
    if (action instanceof Action.Import) {
      return "an import";
    }
    if (action instanceof Action.AskTokens) {
      return "a question for Ampersand's tokens";
    }
    return action instanceof Action.DeleteConnection ? "a deletion in Ampersand" : "";
  }

  private static String after(Scene scene, boolean isNewConsent) {
    Stored row = scene.world.row;
    if (row == null || !row.isLive()) {
      return "no grant";
    }
    String whose = row.token().serial() > 1 ? ", new tokens" : "";
    return "`"
        + row.state()
        + "`"
        + (isNewConsent && row.token().consent() > 1 ? ", the new consent" : whose);
  }

  // Events that are not a call

  private static void sweep(Scene scene) {
    Stored row = scene.stored();
    StoreTime longAgo = Stored.plus(scene.world.storeTime(), Policy.RECHECK.multipliedBy(-3));
    scene.world.row =
        new Stored(
            row.revision(),
            row.version(),
            row.consent(),
            row.grant(),
            null,
            1,
            Stored.plus(longAgo, scene.world.setting.policy().idle().negated()),
            longAgo,
            longAgo,
            longAgo);
    scene.does(What.SWEEP, Scene.B);
  }

  private static void lapse(Scene scene) {
    Stored row = scene.stored();
    StoreTime now = scene.world.storeTime();
    StoreTime end = Stored.plus(now, java.time.Duration.ofSeconds(-1));
    scene.world.row = row(row, row.live(), new Lease(1, "#gone", end), now);
    scene.does(What.CALL, Scene.B);
  }

  private static void lateAnswer(Scene scene) {
    Stored row = scene.stored();
    Token next = new Token(1, 2);
    TokenSet tokens =
        row.live()
            .tokens()
            .mergedWith(
                TokenSet.builder(next.accessToken(), row.live().tokens().obtainedAt())
                    .refreshToken(next.refreshToken())
                    .build());
    Action.Send request = request(scene, row);
    scene.world.families[0] = scene.world.families[0].refreshed(1, ProviderKind.FAMILY, 0);
    hear(scene, request, new Event.Answered(request, tokens));
  }

  private static void lateRefusal(Scene scene) {
    Action.Send request = request(scene, scene.stored());
    hear(scene, request, new Event.Refused(SENT, REFUSAL, null));
  }

  /** The request that was sent before the state became what it is. */
  private static Action.Send request(Scene scene, Stored row) {
    Grant grant = row.live();
    Version sent = Version.ofConsent(grant.version().consent());
    Grant active = new Grant(sent, grant.consent(), new GrantState.Active(), false, grant.tokens());
    return new Action.Send(SENT, active, 1, scene.world.nodeTime(scene.world.nodes[Scene.B]));
  }

  private static void hear(Scene scene, Action.Send request, Event event) {
    Node node = scene.world.nodes[Scene.B];
    node.ops.add(
        new Op(
            request,
            Op.Stage.DONE,
            event,
            Scene.B,
            node.life,
            scene.world.time,
            scene.world.time,
            false));
    scene.hears(Scene.B, Action.Send.class);
  }
}
