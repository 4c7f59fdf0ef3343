package com.withampersand.sdk.token.file;

import static java.nio.file.attribute.PosixFilePermission.GROUP_WRITE;
import static java.nio.file.attribute.PosixFilePermission.OTHERS_WRITE;

import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.token.Row.Cursor;
import com.withampersand.sdk.token.StoreTime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of a store: a file {@code clock}, and 256 directories, made on demand, for the
 * first two digits of the rows' ids. Each of those has a file {@code lock} and the rows.
 *
 * <p>The time is the one that the file system gives to a file that is written, so that it is one
 * clock for all who share the file system.
 */
final class StoreDirectory {
  static final int SHARDS = 256;

  private static final Logger LOG = LoggerFactory.getLogger(StoreDirectory.class);
  private static final String CLOCK = "clock";
  private static final String LOCK = "lock";
  private static final String ROW = ".row";
  private static final Pattern ROW_NAME = Pattern.compile("[0-9a-f]{64}\\.row");
  private static final Pattern REMOTE =
      Pattern.compile("(nfs|cifs|smb|afs|ncpfs|9p|fuse\\.sshfs|vboxsf|prl_fs).*");
  private static final long SMOOTHED_MILLIS = 1_000;
  private static final FileTime WITH_MILLIS = FileTime.fromMillis(1_000_000_000_123L);

  private final Path root;
  private final Disk disk;
  private final AtomicLong latest = new AtomicLong(Long.MIN_VALUE);

  private StoreDirectory(Path root, Disk disk) {
    this.root = root;
    this.disk = disk;
  }

  /**
   * Opens a directory, and creates it if it is not there.
   *
   * @throws IllegalArgumentException if it is within an archive or the like
   * @throws TokenStoreException if it cannot be used
   */
  static StoreDirectory open(Path path, Disk disk) {
    if (!path.getFileSystem().equals(FileSystems.getDefault())) {
      throw new IllegalArgumentException(
          "a token store needs the machine's own file system, which " + path + " is not on");
    }
    try {
      boolean isNew = !Files.isDirectory(path);
      if (isNew) {
        disk.createDirectories(path);
      }
      StoreDirectory directory = new StoreDirectory(path.toRealPath(), disk);
      directory.requireOwnersAlone();
      directory.createClock();
      directory.requireMillis();
      directory.warnIfRemote();
      if (isNew) {
        directory.syncWithParents();
      }
      return directory;
    } catch (IOException e) {
      throw new TokenStoreException("The token store " + path + " cannot be opened.", true, e);
    }
  }

  /** Refuses a directory in which others could put files of their own in place of rows. */
  private void requireOwnersAlone() throws IOException {
    @Nullable UserPrincipal user = user();
    requireOwnersAlone(root, user);
    for (int shard = 0; shard < SHARDS; shard++) {
      Path path = shard(shard);
      if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        requireOwnersAlone(path, user);
      } else if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        throw new TokenStoreException(
            "The token store cannot be opened: " + path + " is not a directory.", false, null);
      }
    }
  }

  private static void requireOwnersAlone(Path path, @Nullable UserPrincipal user)
      throws IOException {
    if (!isPosix(path)) {
      return;
    }
    PosixFileAttributes attributes = Files.readAttributes(path, PosixFileAttributes.class);
    Set<PosixFilePermission> permissions = attributes.permissions();
    if (permissions.contains(GROUP_WRITE) || permissions.contains(OTHERS_WRITE)) {
      throw new TokenStoreException(
          "The token store is not opened: others than the owner can write to "
              + path
              + " ("
              + PosixFilePermissions.toString(permissions)
              + "). Take that right from them, as by chmod go-w, or choose another directory.",
          false,
          null);
    }
    if (user != null && !attributes.owner().equals(user)) {
      throw new TokenStoreException(
          "The token store is not opened: %s belongs to %s, and this process runs as %s. Choose another directory, or if no one else put files there, change its owner with chown."
              .formatted(path, attributes.owner(), user),
          false,
          null);
    }
  }

  /**
   * Returns the user as whom this process runs. The owner of a new file tells, as the file system
   * may know the user by another name than the system does; on a full disk the system has to. Null
   * if neither does.
   */
  private @Nullable UserPrincipal user() throws IOException {
    if (!isPosix(root)) {
      return null;
    }
    Path probe = createProbe();
    if (probe == null) {
      return userOfTheSystem();
    }
    UserPrincipal user = Files.getOwner(probe, LinkOption.NOFOLLOW_LINKS);
    Files.deleteIfExists(probe);
    return user;
  }

  private static @Nullable UserPrincipal userOfTheSystem() {
    String name = ProcessHandle.current().info().user().orElse("");
    try {
      return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(name);
    } catch (IOException e) {
      return null; // a number without a name, as in a container
    }
  }

  private static boolean isPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  private void createClock() throws IOException {
    try {
      disk.create(root.resolve(CLOCK)).close();
      disk.sync(root);
    } catch (FileAlreadyExistsException e) {
      return; // as wanted
    }
    now(); // takes the only space that it needs
  }

  /**
   * Refuses a file system whose files have times of whole seconds: leases and due rows need more.
   */
  private void requireMillis() throws IOException {
    Path probe = createProbe();
    if (probe == null) {
      return;
    }
    disk.setTime(probe, WITH_MILLIS);
    long kept = modified(probe);
    Files.deleteIfExists(probe);
    if (kept != WITH_MILLIS.toMillis()) {
      throw new TokenStoreException(
          "The token store "
              + root
              + " is not opened: its file system keeps times less exactly than milliseconds.",
          false,
          null);
    }
  }

  /**
   * Creates a file to examine, or returns null if that fails for a reason other than missing
   * permission, such as a full disk.
   */
  private @Nullable Path createProbe() throws IOException {
    Path probe = root.resolve("probe-" + UUID.randomUUID());
    try {
      disk.create(probe).close();
      return probe;
    } catch (AccessDeniedException e) {
      throw e;
    } catch (IOException e) {
      LOG.warn("Owner and times of the files in {} could not be examined", root, e);
      return null; // a full disk can still be read from
    }
  }

  private void warnIfRemote() throws IOException {
    String type = Files.getFileStore(root).type();
    if (isRemote(type)) {
      LOG.warn(
          "The token store {} is on a file system of type {}. Use it from one host alone, unless"
              + " that file system shows every host the same files and locks at once.",
          root,
          type);
    }
  }

  static boolean isRemote(String type) {
    return REMOTE.matcher(type).matches();
  }

  private void syncWithParents() throws IOException {
    try {
      for (Path path = root; path != null; path = path.getParent()) {
        disk.sync(path);
      }
    } catch (AccessDeniedException e) {
      LOG.debug("A directory above {} was there before, and is not ours to read", root, e);
    }
  }

  Path root() {
    return root;
  }

  Disk disk() {
    return disk;
  }

  /**
   * Returns the time by the file system's clock. It stands still rather than go back a little; when
   * it was set back by much, that is followed.
   *
   * @throws IOException if the directory is gone, too
   */
  StoreTime now() throws IOException {
    Path clock = root.resolve(CLOCK);
    return Uninterrupted.run(
        () -> {
          try (FileChannel channel = disk.open(clock)) {
            channel.write(ByteBuffer.allocate(1), 0);
          }
          return timeOf(clock);
        });
  }

  /** Returns the time at which a file was written just now. */
  StoreTime timeOf(Path file) throws IOException {
    return new StoreTime(latest.accumulateAndGet(modified(file), StoreDirectory::later));
  }

  private static long later(long last, long now) {
    return now < last && last - now <= SMOOTHED_MILLIS ? last : now;
  }

  static long modified(Path file) throws IOException {
    return attributes(file).lastModifiedTime().toMillis();
  }

  private static BasicFileAttributes attributes(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  private Path shard(int shard) {
    return root.resolve("%02x".formatted(shard));
  }

  static int shardOf(String id) {
    return Integer.parseInt(id.substring(0, 2), 16);
  }

  RowFiles row(String id) {
    return new RowFiles(shard(shardOf(id)), id, this);
  }

  /** Returns the lock file of an id's stripe, which may not be there. */
  Path lock(String id) {
    return shard(shardOf(id)).resolve(LOCK);
  }

  /** Creates the directory and the lock file of an id's stripe if they are not there. */
  void createStripe(String id) throws IOException {
    Path lock = lock(id);
    if (Files.exists(lock, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    now(); // fails if the store is gone, which must not be created anew
    disk.createDirectories(shard(shardOf(id)));
    try {
      disk.create(lock).close();
    } catch (FileAlreadyExistsException e) {
      return; // another was faster
    }
    disk.sync(root);
  }

  /** Returns the ids of the rows in a shard behind an id, in order. */
  List<String> ids(int shard, String after) throws IOException {
    List<String> ids = new ArrayList<>();
    list(
        shard,
        (id, file) -> {
          if (id.compareTo(after) > 0) {
            ids.add(id);
          }
        });
    Collections.sort(ids);
    return ids;
  }

  /** Passes on the time of each row's file, and its id. */
  void times(Consumer<Cursor> consumer) throws IOException {
    for (int shard = 0; shard < SHARDS; shard++) {
      list(shard, (id, file) -> time(id, file, consumer));
    }
  }

  private static void time(String id, Path file, Consumer<Cursor> consumer) throws IOException {
    try {
      consumer.accept(new Cursor(new StoreTime(modified(file)), id));
    } catch (NoSuchFileException e) {
      return; // removed meanwhile
    }
  }

  /** Takes what is in a directory. */
  @FunctionalInterface
  private interface Visitor {
    void visit(String id, Path file) throws IOException;
  }

  private void list(int shard, Visitor visitor) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(shard(shard))) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (ROW_NAME.matcher(name).matches()) {
          visitor.visit(name.substring(0, name.length() - ROW.length()), file);
        }
      }
    } catch (NoSuchFileException e) {
      return; // no row yet
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }
}
