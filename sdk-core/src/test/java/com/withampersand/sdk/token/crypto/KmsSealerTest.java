package com.withampersand.sdk.token.crypto;

import static com.withampersand.sdk.token.crypto.TokenSealerContract.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.token.crypto.TokenSealer.Sealing;
import org.junit.jupiter.api.Test;

/** The seam for keys elsewhere: a sealer whose data keys come from a key service. */
class KmsSealerTest implements TokenSealerContract {
  private final FakeKms kms = new FakeKms();
  private final KmsSealer sealer = new KmsSealer(kms, "tokens-2026");

  @Override
  public TokenSealer sealer() {
    return sealer;
  }

  @Override
  public void cutOff() {
    kms.away.set(true);
  }

  @Test
  void seal_anyNumberOfContents_asksTheServiceOnceInPrepare() {
    Sealing sealing = sealer.prepare(ADA);

    sealing.seal(CONTENT);
    sealing.seal(CONTENT);

    assertThat(kms.asked).hasValue(1);
  }

  @Test
  void prepareAndOpen_serviceIsAway_areRetryable() {
    String text = sealer.prepare(ADA).seal(CONTENT);
    cutOff();

    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> sealer.prepare(ADA))
        .returns(true, TokenStoreException::isRetryable);
    assertThat(refused(sealer, ADA, text)).returns(true, TokenStoreException::isRetryable);
  }

  @Test
  void isOutdated_keyOfTheServiceIsReplaced_isTrueAndTheOldTextOpens() {
    String text = sealer.prepare(ADA).seal(CONTENT);

    KmsSealer rotated = new KmsSealer(kms, "tokens-2027");

    assertThat(rotated.isOutdated(text)).isTrue();
    assertThat(rotated.open(ADA, text)).isEqualTo(CONTENT);
    assertThat(rotated.isOutdated(rotated.prepare(ADA).seal(CONTENT))).isFalse();
  }
}
