using System.Globalization;
using Granary.Gateway.Protocol.Messages;

namespace Granary.Gateway.Protocol.Legacy;

/// <summary>
/// How much one batch may take: so many requests at a time, and so long an answer. Once the answer is that long, requests that have not begun are
/// refused; those that have run are answered whatever their length, for they may have changed something.
/// </summary>
internal sealed class BatchBudget : IDisposable
{
    private const int SideBySide = 4;
    private const int MaxAnswerBytes = 512 * 1024;

    private readonly SemaphoreSlim _turns = new(SideBySide);
    private int _answered;
    private int _counted;

    /// <summary>Waits until a request may run; it gives its turn back with <see cref="Leave"/>.</summary>
    /// <exception cref="RpcException">The batch's answer is as long as it may get; nothing was done.</exception>
    public async ValueTask EnterAsync()
    {
        await _turns.WaitAsync();
        if (Volatile.Read(ref _answered) <= MaxAnswerBytes)
            return;
        _turns.Release();
        throw RpcException.InvalidRequest(string.Create(
            CultureInfo.InvariantCulture,
            $"The answer to this batch is longer than {MaxAnswerBytes} bytes already, so this request was not run: send it again in a message of its own."));
    }

    /// <summary>True for every member but the first, which the HTTP request was counted for.</summary>
    public bool CountsAgain() => Interlocked.Exchange(ref _counted, 1) == 1;

    public void Leave(int answerBytes)
    {
        Interlocked.Add(ref _answered, answerBytes);
        _turns.Release();
    }

    public void Dispose() => _turns.Dispose();
}
