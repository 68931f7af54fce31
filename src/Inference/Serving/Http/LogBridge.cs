using Microsoft.Extensions.Logging;
using Serilog.Events;

namespace RlOffload.Inference.Serving.Http;

/// <summary>Hands what the framework logs, from warnings up, to the server's own log.</summary>
internal sealed class LogBridge(Serilog.ILogger log) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Category(log.ForContext("SourceContext", categoryName));

    public void Dispose()
    {
    }

    private sealed class Category(Serilog.ILogger log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning && log.IsEnabled(Level(logLevel));

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                log.Write(Level(logLevel), exception, "{Message}", formatter(state, exception));
        }

        private static LogEventLevel Level(LogLevel level) => level switch
        {
            LogLevel.Warning => LogEventLevel.Warning,
            LogLevel.Error => LogEventLevel.Error,
            LogLevel.Critical => LogEventLevel.Fatal,
            _ => LogEventLevel.Debug,
        };
    }
}
