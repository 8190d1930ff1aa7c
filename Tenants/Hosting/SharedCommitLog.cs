using Granary.Vault.Storage.Files.Commits;
using Microsoft.Extensions.Logging;

namespace Granary.Tenants.Hosting;

/// <summary>The data folder's commit log, opened with the first vault. A failure to open it is each caller's own: the next one tries again.</summary>
internal sealed partial class SharedCommitLog(string dataFolder, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly ILogger _logger = logger;
    private CommitLog? _log;

    /// <exception cref="Vault.Storage.VaultStorageException">Another process uses the folder, or the disk refuses.</exception>
    public CommitLog Get()
    {
        if (_log is { } open)
            return open;
        lock (_lock)
        {
            if (_log is not null)
                return _log;
            var log = CommitLog.Open(new CommitLogOptions { Root = Path.GetFullPath(dataFolder), Time = time }, out var findings);
            foreach (var finding in findings)
                LogFinding(finding.Rule, finding.Reason);
            return _log = log;
        }
    }

    public ValueTask DisposeAsync() => _log?.DisposeAsync() ?? default;

    [LoggerMessage(3, LogLevel.Warning, "After a crash ({Rule}): {Reason}")]
    private partial void LogFinding(string rule, string reason);
}
