package com.withampersand.sdk.fuzz;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.token.crypto.Keyring;
import com.withampersand.sdk.token.crypto.TokenCipher;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Opens an envelope. In the input, {@code @SEALED@} stands for a genuine one, and {@code @OTHER@}
 * for that of another grant. Only the genuine one opens.
 */
final class EnvelopeTarget implements Target {
  private static final ConnectionKey KEY = new ConnectionKey("salesforce", "acme", "ada");
  private static final ConnectionKey OTHER = new ConnectionKey("salesforce", "evil", "eve");
  private static final byte[] CONTENT = Canary.REFRESH_TOKEN.getBytes(StandardCharsets.UTF_8);

  private final Secret key = TokenCipher.newKey();
  private final Secret oldKey = TokenCipher.newKey();
  private final TokenCipher cipher =
      TokenCipher.of(Keyring.of("key-1", key).alsoReads("key-0", oldKey));
  private final Secret otherKey = TokenCipher.newKey();
  private final TokenCipher plain =
      TokenCipher.of(Keyring.of("key-1", otherKey).alsoReadsPlainText());

  /** The keys in Base64, as they are configured, and the content. */
  private final List<String> secrets =
      List.of(key.reveal(), oldKey.reveal(), otherKey.reveal(), Canary.REFRESH_TOKEN);

  private final String sealed = cipher.prepare(KEY).seal(CONTENT);
  private final String others = cipher.prepare(OTHER).seal(CONTENT);

  @Override
  public void run(Input input) {
    String text = input.text().replace("@SEALED@", sealed).replace("@OTHER@", others);
    Tried.call(secrets, () -> opened(cipher, text), TokenStoreException.class)
        .result()
        .ifPresent(content -> Require.that(text.equals(sealed), "only what was sealed opens"));
    Tried.call(secrets, () -> cipher.isOutdated(text), TokenStoreException.class);
    Tried.call(secrets, () -> opened(plain, text), TokenStoreException.class)
        .result()
        .ifPresent(content -> Require.that(!text.startsWith("v2.key"), "only plain text is plain"));
  }

  private static int opened(TokenCipher cipher, String text) {
    return Arrays.hashCode(cipher.open(KEY, text));
  }
}
