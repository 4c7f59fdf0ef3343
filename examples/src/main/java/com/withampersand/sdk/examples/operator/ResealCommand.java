package com.withampersand.sdk.examples.operator;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.token.refresh.FreshTokens;
import com.withampersand.sdk.token.refresh.ReencryptionReport;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Encrypts what the store keeps with the first of the keys, after a change of keys. */
record ResealCommand() implements Command {
  @Override
  public String help() {
    return "encrypts all grants with the first of TOKEN_KEYS";
  }

  @Override
  public int run(List<String> arguments, Console console) {
    Command.requireOptions(arguments);
    List<ConnectionKey> failed = new ArrayList<>();
    int done;
    try (KeptGrants grants = KeptGrants.open(console);
        ProgressBar bar = new ProgressBar(console, "reseal", grants.count())) {
      done = reencrypt(grants.tokens(), bar, failed);
    }
    failed.forEach(
        key ->
            console
                .out()
                .println(
                    Words.of(key)
                        + ": not encrypted: its key is missing, or it changed meanwhile; run this again"));
    console.out().println("%d encrypted, %d failed".formatted(done, failed.size()));
    return failed.isEmpty() ? Operator.FINE : Operator.FOUND;
  }

  // region reencrypt
  private static int reencrypt(FreshTokens tokens, ProgressBar bar, List<ConnectionKey> failed) {
    int done = 0;
    @Nullable ConnectionKey after = null;
    do {
      ReencryptionReport page = tokens.reencryptAll(after, KeptGrants.PAGE);
      if (!page.failed().isEmpty()) {
        done += page.reencrypted();
        page = tokens.reencryptAll(after, KeptGrants.PAGE); // another process may have written
      }
      done += page.reencrypted();
      failed.addAll(page.failed());
      bar.add(page.seen());
      after = page.next();
    } while (after != null);
    return done;
  }
  // endregion
}
