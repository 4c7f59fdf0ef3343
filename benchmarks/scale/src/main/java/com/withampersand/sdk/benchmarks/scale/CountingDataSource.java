package com.withampersand.sdk.benchmarks.scale;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Counts the statements that are run on the connections of another data source. */
final class CountingDataSource {
  private final AtomicLong statements = new AtomicLong();
  private final DataSource counted;

  CountingDataSource(DataSource real) {
    counted =
        proxy(
            DataSource.class,
            (self, method, arguments) -> {
              Object result = call(real, method, arguments);
              return result instanceof Connection connection ? counted(connection) : result;
            });
  }

  DataSource dataSource() {
    return counted;
  }

  long statements() {
    return statements.get();
  }

  private Connection counted(Connection real) {
    return proxy(
        Connection.class,
        (self, method, arguments) -> {
          Object result = call(real, method, arguments);
          return result instanceof PreparedStatement statement ? counted(statement) : result;
        });
  }

  private PreparedStatement counted(PreparedStatement real) {
    return proxy(
        PreparedStatement.class,
        (self, method, arguments) -> {
          if (method.getName().startsWith("execute")) {
            statements.incrementAndGet();
          }
          return call(real, method, arguments);
        });
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private static @Nullable Object call(
      Object target, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }
}
