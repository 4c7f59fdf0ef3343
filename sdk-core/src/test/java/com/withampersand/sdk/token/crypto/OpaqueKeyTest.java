package com.withampersand.sdk.token.crypto;

import static com.withampersand.sdk.token.crypto.TokenSealerContract.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TokenStoreException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.NoSuchProviderException;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.MacSpi;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Keys that never show their bytes, as an HSM has them. */
class OpaqueKeyTest implements TokenSealerContract {
  private static final Secret BYTES = TokenCipher.newKey();

  private final Hsm hsm = new Hsm();
  private final TokenCipher cipher =
      TokenCipher.of(Keyring.of("hsm", new OpaqueKey("Generic Secret", hsm)));

  @BeforeEach
  void addProvider() {
    Security.addProvider(new HsmProvider());
  }

  @AfterEach
  void removeProvider() {
    Security.removeProvider(HsmProvider.NAME);
  }

  @Override
  public TokenSealer sealer() {
    return cipher;
  }

  @Override
  public void cutOff() {
    hsm.away.set(true);
  }

  @Test
  void seal_opaqueKey_isTheSameAsWithItsBytes() {
    String text = cipher.prepare(ADA).seal(CONTENT);

    assertThat(TokenCipher.of(Keyring.of("hsm", BYTES)).open(ADA, text)).isEqualTo(CONTENT);
  }

  @Test
  void seal_opaqueKey_asksTheHsmOnlyInPrepareAndOpen() {
    TokenSealer.Sealing sealing = cipher.prepare(ADA);
    String text = sealing.seal(CONTENT);
    sealing.seal(CONTENT);
    int afterSealing = hsm.asked.get();

    cipher.open(ADA, text);

    assertThat(afterSealing).isEqualTo(1);
    assertThat(hsm.asked).hasValue(2);
  }

  @Test
  void prepareAndOpen_hsmIsAway_areRetryable() {
    String text = cipher.prepare(ADA).seal(CONTENT);
    cutOff();

    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> cipher.prepare(ADA))
        .withMessageContaining("The key hsm cannot be used now")
        .withCauseInstanceOf(ProviderException.class)
        .returns(true, TokenStoreException::isRetryable);
    assertThat(refused(cipher, ADA, text))
        .hasMessageContaining("The key hsm cannot be used now")
        .returns(true, TokenStoreException::isRetryable);
  }

  @Test
  void prepare_hsmIsAwayAndSaysThatTheKeyIsInvalid_isRetryable() {
    hsm.awayAsInvalidKey.set(true);

    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> cipher.prepare(ADA))
        .withMessageContaining("The key hsm cannot be used for HmacSHA256")
        .withRootCauseInstanceOf(ProviderException.class)
        .returns(true, TokenStoreException::isRetryable);
  }

  @Test
  void prepare_keyThatTheHsmRefusesForHmac_isRefusedWithTheReason() {
    TokenCipher aes = TokenCipher.of(Keyring.of("hsm", new OpaqueKey("AES", hsm)));

    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> aes.prepare(ADA))
        .withMessageContaining("The key hsm cannot be used for HmacSHA256")
        .withCauseInstanceOf(InvalidKeyException.class)
        .returns(false, TokenStoreException::isRetryable);
  }

  @Test
  void open_firstVersionWithAKeyForHmac_isRefusedWithTheReason() {
    FirstVersionSample sample = FirstVersionSample.ofAda();
    TokenCipher renamed = TokenCipher.of(Keyring.of("2026", new OpaqueKey("Generic Secret", hsm)));

    assertThat(refused(renamed, sample.grant(), sample.text()))
        .hasMessageContaining("The key 2026 cannot be used for AES")
        .returns(false, TokenStoreException::isRetryable);
  }

  /** What all keys of the provider depend on. */
  private static final class Hsm {
    private final AtomicBoolean away = new AtomicBoolean();
    private final AtomicBoolean awayAsInvalidKey = new AtomicBoolean();
    private final AtomicInteger asked = new AtomicInteger();
  }

  @SuppressWarnings("serial") // never serialized
  private record OpaqueKey(String getAlgorithm, Hsm hsm) implements SecretKey {
    @Override
    public @Nullable String getFormat() {
      return null;
    }

    @Override
    public byte @Nullable [] getEncoded() {
      return null;
    }
  }

  private static final class HsmProvider extends Provider {
    static final String NAME = "TestHsm";

    HsmProvider() {
      super(NAME, "1", "keys that never show their bytes");
      put("Mac.HmacSHA256", HsmMac.class.getName());
    }
  }

  /** HMAC-SHA-256 inside the HSM, for its own generic secrets only. */
  public static final class HsmMac extends MacSpi {
    private @Nullable Mac mac;

    @Override
    protected void engineInit(Key key, @Nullable AlgorithmParameterSpec parameters)
        throws InvalidKeyException {
      if (!(key instanceof OpaqueKey opaque) || !opaque.getAlgorithm().equals("Generic Secret")) {
        throw new InvalidKeyException("CKR_KEY_TYPE_INCONSISTENT");
      }
      opaque.hsm().asked.incrementAndGet();
      if (opaque.hsm().awayAsInvalidKey.get()) {
        throw new InvalidKeyException("init() failed", new ProviderException("CKR_DEVICE_ERROR"));
      }
      if (opaque.hsm().away.get()) {
        throw new ProviderException("CKR_DEVICE_REMOVED");
      }
      mac = inside();
    }

    private static Mac inside() throws InvalidKeyException {
      try {
        Mac mac = Mac.getInstance("HmacSHA256", "SunJCE");
        mac.init(new SecretKeySpec(Base64.getDecoder().decode(BYTES.reveal()), "HmacSHA256"));
        return mac;
      } catch (NoSuchAlgorithmException | NoSuchProviderException e) {
        throw new ProviderException(e);
      }
    }

    private Mac ready() {
      if (mac == null) {
        throw new IllegalStateException("no key yet");
      }
      return mac;
    }

    @Override
    protected int engineGetMacLength() {
      return 32;
    }

    @Override
    protected void engineUpdate(byte input) {
      ready().update(input);
    }

    @Override
    protected void engineUpdate(byte[] input, int offset, int length) {
      ready().update(input, offset, length);
    }

    @Override
    protected byte[] engineDoFinal() {
      return ready().doFinal();
    }

    @Override
    protected void engineReset() {
      ready().reset();
    }
  }
}
