package com.withampersand.sdk.token;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.oauth.TokenSet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps grants in the files of a directory: for one host, with any number of processes.
 *
 * <p>What was stored is on disk when a method returns, and a process that is killed in the midst of
 * it leaves the old tokens or the new ones. Threads and processes are kept apart by locks of the
 * operating system, which end with the process that has them. They do not work between hosts, so do
 * not put the directory on a network file system; for several hosts there are databases.
 *
 * <p>On POSIX systems, what the store creates is for its owner alone: the directory with mode 0700,
 * the files with 0600. Elsewhere they get the rights that the directory above passes on, so see to
 * those. A directory that is there already keeps the rights that it has. A file's name tells
 * nothing of the grant, but the grant's {@link ConnectionKey} is readable in the file; the tokens
 * are sealed.
 *
 * <p>The directory holds nothing but the store: a file {@code lock}, which nobody else may open or
 * delete while a process uses the store, and one file for each grant. To move a store, copy all of
 * it while it is not in use.
 *
 * <p>Safe to share between threads. Several stores of one directory in a process are as good as
 * one, as long as they come from one class loader.
 */
public final class FileTokenStore implements TokenStore {
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  private final GrantFiles files;
  private final DirectoryLocks locks;
  private final TokenCipher cipher;

  private FileTokenStore(GrantFiles files, DirectoryLocks locks, TokenCipher cipher) {
    this.files = files;
    this.locks = locks;
    this.cipher = cipher;
  }

  /**
   * Opens a store in which a caller waits for a locked grant for a minute at most.
   *
   * @param directory the store's own directory; created if it is not there
   * @param cipher seals the tokens; all processes need the same keys
   * @throws TokenStoreException if the directory cannot be created or used
   */
  public static FileTokenStore open(Path directory, TokenCipher cipher) {
    return open(directory, cipher, LONGEST_WAIT);
  }

  /**
   * Opens a store.
   *
   * @param directory the store's own directory; created if it is not there
   * @param cipher seals the tokens; all processes need the same keys
   * @param longestWait how long a caller waits for a locked grant at most; longer than a refresh
   *     can take
   * @throws TokenStoreException if the directory cannot be created or used
   * @throws IllegalArgumentException if {@code longestWait} is negative
   */
  public static FileTokenStore open(Path directory, TokenCipher cipher, Duration longestWait) {
    return open(directory, cipher, longestWait, nap -> NANOSECONDS.sleep(nap.toNanos()));
  }

  static FileTokenStore open(
      Path directory, TokenCipher cipher, Duration longestWait, DirectoryLocks.Nap nap) {
    Objects.requireNonNull(cipher, "cipher");
    GrantLocks.requireWait(longestWait);
    GrantFiles files = new GrantFiles(directory);
    FileTokenStore store =
        new FileTokenStore(files, new DirectoryLocks(files.lockFile(), longestWait, nap), cipher);
    store.deleteLeftovers();
    return store;
  }

  /** Only who has a grant's lock writes its file, so what is found under the lock is left over. */
  private void deleteLeftovers() {
    for (String hash : files.unfinished()) {
      locks.ifFree(hash, () -> files.deleteUnfinished(hash));
    }
  }

  @Override
  public Optional<TokenSet> find(ConnectionKey key) {
    return files.read(key).map(envelope -> opened(key, envelope));
  }

  private TokenSet opened(ConnectionKey key, String envelope) {
    try {
      return cipher.open(key, envelope);
    } catch (TokenStoreException e) {
      throw new TokenStoreException(
          e.getMessage() + " They are in " + files.path(key) + ".", e.isRetryable(), e);
    }
  }

  @Override
  public void save(ConnectionKey key, TokenSet tokens) {
    Objects.requireNonNull(tokens, "tokens");
    exclusively(key, () -> write(key, tokens));
  }

  private TokenSet write(ConnectionKey key, TokenSet tokens) {
    files.write(key, cipher.seal(key, tokens));
    return tokens;
  }

  @Override
  public boolean delete(ConnectionKey key) {
    return exclusively(key, () -> files.delete(key));
  }

  @Override
  public Optional<TokenSet> update(ConnectionKey key, UnaryOperator<TokenSet> change) {
    Objects.requireNonNull(change, "change");
    return exclusively(key, () -> find(key).map(tokens -> replace(key, tokens, change)));
  }

  /** Writes what the change makes of the tokens, unless that is what they were. */
  private TokenSet replace(ConnectionKey key, TokenSet tokens, UnaryOperator<TokenSet> change) {
    TokenSet changed =
        Objects.requireNonNull(change.apply(tokens), "the change returned no tokens");
    return changed.equals(tokens) ? changed : write(key, changed);
  }

  private <T> T exclusively(ConnectionKey key, Supplier<T> work) {
    return locks.exclusively(key, GrantFiles.hash(key), work);
  }

  /**
   * {@inheritDoc}
   *
   * <p>A file that cannot be read is left out, and logged; {@link #find} tells what is wrong with
   * it.
   */
  @Override
  public List<ConnectionKey> keys(@Nullable ConnectionKey after, int limit) {
    return files.keys(after, KeyPages.requireLimit(limit));
  }

  /**
   * Seals one page of grants anew, as far as they are not sealed as this store's cipher would do
   * it: after a change of keys, or to encrypt a store that kept plain text. Each is locked while it
   * is rewritten; others may use the store meanwhile.
   *
   * @param after the key behind which the page begins; null to begin with the first
   * @param limit how many grants to look at, at most
   * @return what became of them, and where to go on
   * @throws IllegalArgumentException if {@code limit} is less than 1
   * @throws TokenStoreException if the store fails, or a grant stays locked for too long: do the
   *     same page again later
   */
  public Resealed reseal(@Nullable ConnectionKey after, int limit) {
    return Resealed.page(keys(after, limit), this::resealOne);
  }

  private boolean resealOne(ConnectionKey key) {
    return hasOutdated(key) && exclusively(key, () -> hasOutdated(key) && rewrite(key));
  }

  private boolean hasOutdated(ConnectionKey key) {
    return files.read(key).filter(cipher::isOutdated).isPresent();
  }

  private boolean rewrite(ConnectionKey key) {
    return find(key).map(tokens -> write(key, tokens)).isPresent();
  }
}
