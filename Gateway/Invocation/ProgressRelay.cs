using System.Threading.Channels;
using Granary.Tenants;

namespace Granary.Gateway.Invocation;

/// <summary>
/// Carries progress from work that must not wait to a client that may be slow: only the newest value is kept, and all is sent before the
/// relay is disposed.
/// </summary>
internal sealed class ProgressRelay : IProgress<WorkProgress>, IAsyncDisposable
{
    private readonly Channel<WorkProgress> _newest = Channel.CreateBounded<WorkProgress>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly Task _sending;

    public ProgressRelay(Call call) => _sending = SendAsync(call);

    public void Report(WorkProgress value) => _newest.Writer.TryWrite(value);

    public async ValueTask DisposeAsync()
    {
        _newest.Writer.TryComplete();
        await _sending;
    }

    private async Task SendAsync(Call call)
    {
        await foreach (var progress in _newest.Reader.ReadAllAsync())
            await call.ReportProgressAsync(progress.Done, progress.Total);
    }
}
