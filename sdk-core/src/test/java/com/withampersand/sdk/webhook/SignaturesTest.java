package com.withampersand.sdk.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.AbstractList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignaturesTest {
  private static final byte[] GOOD = "v1,good".getBytes(UTF_8);
  private static final byte[] BAD = "v1,bad!".getBytes(UTF_8);
  private static final byte[] OTHER = "v1,other".getBytes(UTF_8);

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, -1})
  void anyFits_whereverTheOneIs_comparesEachWithEach(int place) {
    AtomicInteger looks = new AtomicInteger();
    List<byte[]> candidates = new Counted(place, looks);

    boolean fits = Signatures.anyFits(List.of(OTHER, GOOD, OTHER), candidates);

    assertThat(fits).isEqualTo(place >= 0);
    assertThat(looks).hasValue(15);
  }

  /** Five candidates, one of which may be good. */
  private static final class Counted extends AbstractList<byte[]> {
    private final int good;
    private final AtomicInteger looks;

    Counted(int good, AtomicInteger looks) {
      this.good = good;
      this.looks = looks;
    }

    @Override
    public byte[] get(int index) {
      looks.incrementAndGet();
      return index == good ? GOOD : BAD;
    }

    @Override
    public int size() {
      return 5;
    }
  }
}
