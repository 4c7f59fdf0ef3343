package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.refresh.Ghosts.Attempt;
import com.withampersand.sdk.token.refresh.Ghosts.Effect;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What must always hold, checked from outside: by what was sent, stored, served and told. */
@SuppressWarnings("ReferenceEquality")
final class Rules {
  private Rules() {}

  static void check(boolean holds, String rule, String how) {
    if (!holds) {
      throw new RuleBroken(rule, how);
    }
  }

  static void check(boolean holds, String rule, Supplier<String> how) {
    if (!holds) {
      check(false, rule, how.get());
    }
  }

  // At a request to the provider.

  static void sent(World world, Node node, Action.Send send) {
    Grant grant = send.grant();
    Token token = Token.of(grant.tokens());
    check(node.rooms > 0, "rooms", "a request without room");
    check(node.isOwner, "foreign grants are left alone", () -> "sent " + token);
    check(grant.tokens().refreshToken().isPresent(), "requests", "no refresh token to send");
    leaseLasts(world, node, token);
    if (!world.wentBack) {
      oneAtATime(world, grant, token);
    }
    if (world.setting.kind().saysRotates && !world.wentBack) {
      notInDoubt(world, node, grant, token);
      noOneHasNewer(world, token);
    }
    check(
        world.wentBack || world.recipient.consent() != token.consent(),
        "one owner",
        () -> node.name() + " sends RT" + token + ", which the recipient has");
    world.ghosts.attempts.removeIf(
        attempt ->
            attempt.isOf(token.consent(), grant.version().generation())
                && world.time - attempt.sentAt() >= millis(world.setting.policy().certainty()));
    world.ghosts.attempts.add(
        new Attempt(
            token.consent(),
            grant.version().generation(),
            send.call(),
            node.index,
            node.life,
            world.time,
            Effect.UNKNOWN));
  }

  private static void leaseLasts(World world, Node node, Token token) {
    Policy policy = world.setting.policy();
    long needed = millis(policy.certainty()) + millis(policy.timeToStore());
    check(
        node.leaseNumber > 0 && node.leaseUntil - world.time >= needed,
        "R7",
        () ->
            "RT%s is sent with %d ms of the lease left"
                .formatted(token, node.leaseUntil - world.time));
  }

  private static void oneAtATime(World world, Grant grant, Token token) {
    long certainty = millis(world.setting.policy().certainty());
    for (Attempt attempt : world.ghosts.attempts) {
      check(
          !attempt.isOf(token.consent(), grant.version().generation())
              || attempt.effect() == Effect.KNOWN
              || world.time - attempt.sentAt() >= certainty,
          "R7",
          () -> "RT" + token + " is under way already");
    }
  }

  private static void notInDoubt(World world, Node node, Grant grant, Token token) {
    Policy policy = world.setting.policy();
    for (Attempt attempt : world.ghosts.attempts) {
      if (!attempt.isOf(token.consent(), grant.version().generation())) {
        continue;
      }
      long since = world.time - attempt.sentAt();
      check(
          since >= millis(policy.carefulWait()),
          "R8",
          () -> "RT%s is sent again after %d ms".formatted(token, since));
      long announced = world.time - Math.max(node.announcedAt, node.lookFailedAt);
      check(
          announced >= millis(policy.announce()),
          "R8",
          () -> "RT%s is sent again, announced for %d ms".formatted(token, announced));
    }
  }

  private static void noOneHasNewer(World world, Token token) {
    Stored row = world.row;
    check(
        row == null
            || !row.isLive()
            || row.token().consent() != token.consent()
            || row.token().serial() <= token.serial(),
        "a used token is not presented",
        () -> "RT" + token + " is sent, and the store has a newer one");
    for (Node node : world.nodes) {
      check(
          newest(node.memory, token.consent()) <= token.serial(),
          "a used token is not presented",
          () -> "RT%s is sent, and %s has a newer one".formatted(token, node.name()));
      for (Op op : node.ops) {
        if (op.answer() instanceof Event.Answered answered) {
          Token coming = Token.of(answered.tokens());
          check(
              coming.consent() != token.consent() || coming.serial() <= token.serial(),
              "a used token is not presented",
              () ->
                  "RT%s is sent, and %s is about to hear of a newer one"
                      .formatted(token, node.name()));
        }
      }
    }
  }

  /** Returns the serial of the newest tokens of a consent that a process remembers. */
  private static int newest(Memory memory, int consent) {
    int newest = 0;
    if (memory.seen() != null) {
      newest = newer(newest, memory.seen().grant().tokens(), consent);
    }
    if (memory.known() instanceof GrantRow.Live live) {
      newest = newer(newest, live.grant().tokens(), consent);
    }
    for (Memory.Put put : memory.pending()) {
      TokenSet tokens = tokens(put);
      if (tokens != null) {
        newest = newer(newest, tokens, consent);
      }
    }
    return newest;
  }

  private static int newer(int serial, TokenSet tokens, int consent) {
    Token token = Token.of(tokens);
    return token.consent() == consent ? Math.max(serial, token.serial()) : serial;
  }

  private static @Nullable TokenSet tokens(Memory.Put put) {
    if (put instanceof Memory.Put.Result result) {
      return result.grant().tokens();
    }
    if (put instanceof Memory.Put.Consent consent) {
      return consent.tokens();
    }
    if (put instanceof Memory.Put.PutBack back) {
      return back.grant().tokens();
    }
    return put instanceof Memory.Put.State state ? state.grant().tokens() : null;
  }

  // As a process hears something.

  static void delivered(World world, Node node, Event event) {
    if (event instanceof Event.Answered answered) {
      world.ghosts.settle(answered.request().call(), Effect.KNOWN);
      given(world, node, Token.of(answered.tokens()));
    } else if (event instanceof Event.Refused refused) {
      world.ghosts.settle(refused.call(), Effect.KNOWN);
    } else if (event instanceof Event.Lost lost) {
      world.ghosts.settle(lost.call(), Effect.KNOWN);
    } else if (event instanceof Event.NeverSent never) {
      world.ghosts.settle(never.call(), Effect.NONE);
    } else if (event instanceof Event.Throttled throttled) {
      world.ghosts.settle(throttled.call(), Effect.NONE);
    } else if (event instanceof Event.Consented consented) {
      given(world, node, Token.of(consented.tokens()));
    } else if (event instanceof Event.Read read
        && world.wentBack
        && (read.row() instanceof GrantRow.Absent || read.row() instanceof GrantRow.Stone)) {
      node.given = Token.NONE;
    } else if (event instanceof Event.ReadFailed) {
      node.lookFailedAt = world.time;
      node.notTaken = node.heard;
    } else if (event instanceof Event.WriteFailed
        || (event instanceof Event.Read read && read.row() instanceof GrantRow.Unreadable)) {
      node.notTaken = node.heard;
    }
  }

  private static void given(World world, Node node, Token token) {
    if (token.isAfter(node.heard)) {
      node.heard = token;
    }
    boolean counts = world.setting.kind().saysRotates || token.serial() == 1;
    if (counts && token.isAfter(node.given)) {
      node.given = token;
    }
  }

  // After a process decided something.

  static void stepped(World world, Node node, Memory before) {
    Memory.Seen seen = before.seen();
    Memory.Seen now = node.memory.seen();
    if (seen != null && now != null) {
      check(
          now.grant().version().compareTo(seen.grant().version()) >= 0,
          "R17",
          () ->
              "%s remembers %s after %s"
                  .formatted(node.name(), Words.of(now.grant()), Words.of(seen.grant())));
    }
  }

  // As the store changes.

  static void written(
      World world, Node node, boolean alive, @Nullable Stored before, @Nullable Stored after) {
    if (after == null) {
      check(
          before != null && !before.isLive() && before.lookAt().compareTo(world.storeTime()) <= 0,
          "R11",
          "a row is removed that is no stone, or a fresh one");
      return;
    }
    if (before != null) {
      versionsGrow(before, after);
    }
    if (!after.isLive()) {
      deleted(world, node, alive, before);
      return;
    }
    liveRow(world, node, alive, before, after);
  }

  private static void versionsGrow(Stored before, Stored after) {
    check(
        after.version().compareTo(before.version()) >= 0,
        "R17",
        () -> "%s is stored over %s".formatted(Words.of(after), Words.of(before)));
    check(after.leases() >= before.leases(), "R17", "the count of leases shrinks");
    if (after.isLive() && before.isLive() && after.version().equals(before.version())) {
      check(
          after.token().equals(before.token()) && after.state().equals(before.state()),
          "R17",
          () -> "%s and %s have one version".formatted(Words.of(after), Words.of(before)));
    }
  }

  private static void deleted(World world, Node node, boolean alive, @Nullable Stored before) {
    if (before == null || !before.isLive()) {
      return;
    }
    int consent = before.token().consent();
    boolean revoked =
        before.state().equals("DISCONNECTING") || before.state().equals("HANDED_OVER");
    check(
        revoked || !alive || node.disconnects > 0,
        "R11",
        () -> "no caller wanted consent " + consent + " to go");
    if (before.state().equals("DISCONNECTING") && !node.forced) {
      boolean isKept = before.live().state().isKept();
      check(
          isKept
              ? world.recipient.consent() != consent || world.wentBack
              : !takes(world, before.token()),
          "disconnect revokes",
          () -> "RT" + before.token() + " is deleted and still works");
    }
    world.ghosts.deletedUpTo = Math.max(world.ghosts.deletedUpTo, consent);
  }

  private static boolean takes(World world, Token token) {
    return world.families[token.consent() - 1].takes(
        token.serial(), world.setting.kind(), world.time);
  }

  private static void liveRow(
      World world, Node node, boolean alive, @Nullable Stored before, Stored after) {
    Token token = after.token();
    world.ghosts.stored(token);
    check(
        after.version().equals(after.live().version()), "rows", "plain and sealed version differ");
    check(
        token.consent() > world.ghosts.deletedUpTo
            || world.areClose(token.consent(), world.ghosts.deletedUpTo),
        "a deleted grant does not come back",
        () -> Words.of(after));
    if (before != null && before.isLive()) {
      check(
          token.consent() >= before.token().consent()
              || world.areClose(token.consent(), before.token().consent()),
          "a later consent stays",
          () -> "%s is stored over %s".formatted(Words.of(after), Words.of(before)));
    }
    switch (after.state()) {
      case "ACTIVE" -> active(world, after);
      case "NEEDS_CONSENT" -> ended(world, node, alive, before, token);
      case "DISCONNECTING" ->
          check(
              !alive
                  || world.wentBack
                  || node.disconnects > 0
                  || (before != null && before.state().equals("DISCONNECTING")),
              "R11",
              () -> "no caller wanted consent " + token.consent() + " to be disconnected");
      default -> {}
    }
    oneOwner(world, before, after);
  }

  private static void active(World world, Stored after) {
    check(
        after.lease() != null
            || world.wentBack
            || !world.ghosts.mayHaveUsed(after.token().consent(), after.version().generation()),
        "a doubt is not erased",
        () -> Words.of(after) + ", whose refresh token was sent");
  }

  private static void ended(
      World world, Node node, boolean alive, @Nullable Stored before, Token token) {
    if (before != null && before.state().equals("NEEDS_CONSENT") && before.token().equals(token)) {
      return;
    }
    world.ghosts.ends++;
    if (alive) {
      node.end = world.ghosts.ends;
      node.endedConsent = token.consent();
    }
    check(
        !takes(world, token),
        "R11",
        () -> "consent " + token.consent() + " counts as ended, and RT" + token + " still works");
    if (world.wentBack) {
      return;
    }
    for (Node other : world.nodes) {
      int newest = newest(other.memory, token.consent());
      check(
          newest <= token.serial() || !takes(world, new Token(token.consent(), newest)),
          "R11",
          () ->
              "consent %d counts as ended, and %s has RT%d.%d, which works"
                  .formatted(token.consent(), other.name(), token.consent(), newest));
    }
  }

  private static void oneOwner(World world, @Nullable Stored before, Stored after) {
    if (world.wentBack) {
      return;
    }
    if (after.state().equals("HANDED_OVER")) {
      boolean wasBefore = before != null && before.state().equals("HANDED_OVER");
      check(
          wasBefore || hasThisOrOneBefore(world.recipient, after.token()),
          "one owner",
          () -> "handed over, and the recipient does not have it: " + Words.of(after));
      check(
          after.live().tokens().refreshToken().isEmpty(),
          "one owner",
          "handed over, and its refresh token is kept");
    } else if (before != null && before.state().equals("HANDING_OVER")) {
      check(
          after.state().equals("HANDING_OVER")
              || after.state().equals("DISCONNECTING")
              || world.recipient.consent() != after.token().consent(),
          "one owner",
          () -> Words.of(after) + ", and the recipient has it, too");
    }
  }

  /** An import of the consent before may land while the user consents again. */
  private static boolean hasThisOrOneBefore(Token recipients, Token token) {
    return recipients != Token.NONE && recipients.consent() <= token.consent();
  }

  // The recipient.

  static void offered(World world, Node node, Action.Import offer) {
    Token token = Token.of(offer.tokens());
    long left = node.leaseUntil - world.time;
    check(
        millis(offer.limit()) <= left,
        "an import fits into its lease",
        () -> "%d ms of %d ms".formatted(millis(offer.limit()), left));
    Stored row = world.row;
    if (row != null && row.isLive() && row.token().equals(token) && !world.wentBack) {
      check(
          row.state().equals("HANDING_OVER"),
          "one owner",
          () -> "an import is sent, and the row says " + row.state());
      check(
          !world.setting.kind().saysRotates
              || !world.ghosts.mayHaveUsed(token.consent(), row.version().generation()),
          "one owner",
          () -> "RT" + token + " is handed over and may be used up");
    }
    world.ghosts.offered = token;
  }

  static void taken(World world, Token token) {
    Stored row = world.row;
    if (world.wentBack
        || row == null
        || !row.isLive()
        || row.token().consent() != token.consent()) {
      return;
    }
    check(
        row.state().equals("HANDING_OVER")
            || row.state().equals("HANDED_OVER")
            || row.state().equals("DISCONNECTING"),
        "one owner",
        () -> "the import lands, and the row says " + Words.of(row));
    check(
        world.families[token.consent() - 1].ended() || takes(world, token),
        "one owner",
        () -> "the recipient gets RT" + token + ", which is used up");
  }

  /** What a process was told to drop is no loss. */
  static void discarded(Node node, TokenSet tokens) {
    if (node.given.equals(Token.of(tokens))) {
      node.given = Token.NONE;
    }
  }

  static void revoked(World world, TokenSet tokens, String word) {
    Token token = Token.of(tokens);
    Stored row = world.row;
    check(
        world.wentBack
            || row == null
            || !row.isLive()
            || row.token().consent() != token.consent()
            || row.state().equals("DISCONNECTING")
            || !tokens.refreshToken().isPresent()
            || !takes(world, token),
        "R11",
        () -> "RT" + token + " is " + word + ", and the row says " + Words.value(row));
  }

  // What callers and listeners hear.

  static void served(World world, Node node, Action.Serve serve) {
    Token token = Token.of(serve.tokens());
    if (token.serial() >= 100) {
      return;
    }
    check(
        world.ghosts.wasStored(token) || node.notTaken.compareTo(token) >= 0,
        "R10",
        () -> "AT" + token + " is served before it is stored");
  }

  static void replaced(World world, Node node, Node.Caller caller, Token token) {
    Token refused = caller.refused();
    boolean isUnsaved =
        refused != null && token.consent() != refused.consent() && isPending(node.memory, token);
    if (refused == null
        || token.serial() >= 100
        || isUnsaved
        || isForgotten(world, node, refused)) {
      return;
    }
    check(
        isNewer(world, token, refused),
        "a refused token is replaced",
        () -> "AT%s is served in place of AT%s".formatted(token, refused));
  }

  private static boolean isNewer(World world, Token token, Token refused) {
    if (!world.setting.kind().saysRotates) {
      return !token.equals(refused);
    }
    return token.isAfter(refused)
        || (token.consent() != refused.consent()
            && world.areClose(token.consent(), refused.consent()));
  }

  /** Whether the process keeps nothing as new as these tokens, and could not read it. */
  private static boolean isForgotten(World world, Node node, Token refused) {
    Memory.Seen seen = node.memory.seen();
    if (seen != null && !refused.isAfter(Token.of(seen.grant().tokens()))) {
      return false;
    }
    GrantRow known = node.memory.known();
    boolean isStale =
        world.row != null && (known == null || !known.revision().equals(world.row.revision()));
    return isStale || world.wentBack || !world.ghosts.wasStored(refused);
  }

  static void done(World world, Node node, Action.Done done) {
    Node.Caller caller = node.caller(done.waiter());
    if (caller == null) {
      return;
    }
    if (caller.why() == Why.DISCONNECT && done.outcome().kind() == Outcome.Kind.DONE) {
      Stored row = world.row;
      check(
          world.wentBack
              || row == null
              || !row.isLive()
              || row.token().consent() > caller.consent()
              || world.areClose(row.token().consent(), caller.consent()),
          "disconnect",
          "done, and the row is there");
    }
  }

  static void told(World world, Node node, Notice notice) {
    if (!(notice instanceof Notice.ConsentNeeded)) {
      return;
    }
    check(
        world.wentBack || node.endedConsent > 0,
        "R11",
        "consent is asked for before the end is stored");
    Stored row = world.row;
    if (row == null
        || !row.state().equals("NEEDS_CONSENT")
        || row.token().consent() != node.endedConsent) {
      return;
    }
    check(
        !takes(world, row.token()),
        "R11",
        () -> "consent is asked for, and RT" + row.token() + " works");
    check(
        world.wentBack || world.ghosts.told != node.end,
        "one notice",
        () -> "consent " + node.endedConsent + " is asked for again");
    world.ghosts.told = node.end;
  }

  // After each move.

  static void always(World world) {
    for (Node node : world.nodes) {
      newestIsKept(world, node);
    }
  }

  private static void newestIsKept(World world, Node node) {
    Token given = node.given;
    Stored row = world.row;
    int deleted = world.ghosts.deletedUpTo;
    if (given == Token.NONE
        || given.consent() <= deleted
        || (deleted > 0 && world.areClose(given.consent(), deleted))) {
      return;
    }
    boolean stored =
        row != null
            && row.isLive()
            && (row.token().compareTo(given) >= 0
                || row.state().equals("HANDED_OVER")
                || (row.token().consent() != given.consent()
                    && world.areClose(row.token().consent(), given.consent())));
    if (stored || isPending(node.memory, given)) {
      return;
    }
    boolean remembered =
        world.wentBack && (node.memory.seen() == null || hasNewer(world, node, given));
    check(
        remembered, "R10", () -> "%s was given RT%s, and it is lost".formatted(node.name(), given));
  }

  private static boolean hasNewer(World world, Node node, Token given) {
    Token seen = Token.of(Objects.requireNonNull(node.memory.seen()).grant().tokens());
    return seen.compareTo(given) >= 0 || world.areClose(seen.consent(), given.consent());
  }

  private static boolean isPending(Memory memory, Token token) {
    for (Memory.Put put : memory.pending()) {
      TokenSet tokens = tokens(put);
      if (tokens != null && Token.of(tokens).compareTo(token) >= 0) {
        return true;
      }
    }
    return false;
  }

  private static long millis(Duration duration) {
    return duration.toMillis();
  }
}
