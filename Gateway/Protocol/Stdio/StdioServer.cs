using System.Buffers;
using System.IO.Pipelines;
using Granary.Gateway.Access;
using Granary.Gateway.Changes;
using Granary.Gateway.Configuration;
using Granary.Gateway.Health;
using Granary.Gateway.Protocol.Calls;
using Granary.Gateway.Protocol.Messages;

namespace Granary.Gateway.Protocol.Stdio;

/// <summary>The stdio transport: one JSON-RPC message per line. Nothing but protocol is ever written to the output.</summary>
internal sealed class StdioServer(ConversationFactory conversations, GatewayOptions options, GatewayState state)
{
    // A call that does not heed its cancellation is not waited for.
    private static readonly TimeSpan Unwinding = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Serves until the input ends, the output breaks or <paramref name="stop"/>, then lets what is under way finish and cancels what does not. Whoever reads the output may
    /// have closed the input because nothing more is asked. Nobody is left to answer once the output is broken, or when a client that closed the input also says stop, as
    /// clients do whose server does not end.
    /// </summary>
    /// <param name="input">What the client writes.</param>
    /// <param name="output">What the client reads.</param>
    /// <param name="broken">Cancelled when nobody reads the output any more; a write that fails says so as well.</param>
    /// <param name="stop">Cancelled when the program is told to stop.</param>
    public async Task RunAsync(Stream input, Stream output, CancellationToken broken, CancellationToken stop)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(broken);
        using var sink = new LineSink(output, gone);
        var conversation = conversations.Create(NoAccess.Anyone, sink, LocalSource.Instance);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stop, gone.Token);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        using var listening = conversation.Listen();
        var push = listening is null ? Task.CompletedTask : PushAsync(listening.Listener, sink, ended.Token);
        state.Started();
        var reading = ReadAsync(PipeReader.Create(input), conversation, sink, stopping.Token);
        try
        {
            // Reading a console cannot be cancelled, so the wait for it is.
            await reading.WaitAsync(stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // Nothing more is accepted; the end of the input is still looked for.
        }
        await FinishAsync(conversation, options.ShutdownTimeout, () => gone.IsCancellationRequested || (reading.IsCompleted && stop.IsCancellationRequested));
        using var limit = new CancellationTokenSource(Unwinding);
        // A client that reads no more of an open output would hold these for ever.
        await conversation.CloseAsync().WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await FinishAsync(conversation, Unwinding, () => limit.IsCancellationRequested);
        await ended.CancelAsync();
        await push.WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private RpcException TooLarge => RpcException.InvalidRequest($"A message is larger than {options.MaxBodyBytes} bytes.");

    private static async Task PushAsync(Listener listener, LineSink sink, CancellationToken ended)
    {
        try
        {
            await foreach (var change in listener.ReadAllAsync(ended))
                await sink.SendAsync(ChangeMessages.Make(change, null));
        }
        catch (OperationCanceledException)
        {
            // The input ended.
        }
    }

    private static async Task FinishAsync(Conversation conversation, TimeSpan atMost, Func<bool> isCut)
    {
        for (var waited = TimeSpan.Zero; conversation.Running > 0 && waited < atMost && !isCut(); waited += TimeSpan.FromMilliseconds(10))
            await Task.Delay(10, CancellationToken.None);
    }

    /// <summary>Accepts what comes until <paramref name="stop"/>, and reads on to the end of the input.</summary>
    private async Task ReadAsync(PipeReader reader, Conversation conversation, LineSink sink, CancellationToken stop)
    {
        while (true)
        {
            var read = await reader.ReadAsync(CancellationToken.None);
            var buffer = read.Buffer;
            while (!stop.IsCancellationRequested && TryTakeLine(ref buffer, read.IsCompleted, out var line))
                await (line.Length > options.MaxBodyBytes ? FailAsync(sink, TooLarge) : AcceptAsync(line, conversation, sink));
            if (stop.IsCancellationRequested)
                buffer = buffer.Slice(buffer.End);
            if (buffer.Length > options.MaxBodyBytes)
            {
                await FailAsync(sink, TooLarge);
                return;
            }
            reader.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
                return;
        }
    }

    private static async ValueTask AcceptAsync(ReadOnlySequence<byte> line, Conversation conversation, LineSink sink)
    {
        var message = line.ToArray().AsMemory();
        if (message.Span.Trim(" \t\r"u8).IsEmpty)
            return;
        try
        {
            conversation.Accept(message);
        }
        catch (RpcException e)
        {
            await FailAsync(sink, e);
        }
    }

    private static async ValueTask FailAsync(LineSink sink, RpcException error)
    {
        using var reply = ReplyBuffer.Rent();
        RpcWriter.Error(reply, error.Id, error);
        await sink.SendAsync(reply.Written.ToArray());
    }

    private static bool TryTakeLine(ref ReadOnlySequence<byte> buffer, bool isLast, out ReadOnlySequence<byte> line)
    {
        if (buffer.PositionOf((byte)'\n') is { } end)
        {
            line = buffer.Slice(0, end);
            buffer = buffer.Slice(buffer.GetPosition(1, end));
            return true;
        }
        line = buffer;
        if (!isLast || buffer.IsEmpty)
            return false;
        buffer = buffer.Slice(buffer.End);
        return true;
    }

    private sealed class LocalSource : IRequestSource
    {
        public static LocalSource Instance { get; } = new();

        public bool IsHttp => false;

        public System.Net.IPAddress? Address => null;

        public CancellationToken Disconnected => CancellationToken.None;

        public string? Header(string name) => null;
    }

    private sealed class LineSink(Stream output, CancellationTokenSource gone) : IMessageSink, IDisposable
    {
        private readonly SemaphoreSlim _gate = new(1);

        public bool CanSend => true;

        public async ValueTask SendAsync(byte[] message)
        {
            if (gone.IsCancellationRequested)
                return;
            // A message is a line: line breaks inside its JSON are white space.
            for (var i = 0; i < message.Length; i++)
            {
                if (message[i] is (byte)'\n' or (byte)'\r')
                    message[i] = (byte)' ';
            }
            await _gate.WaitAsync();
            try
            {
                await output.WriteAsync(message);
                await output.WriteAsync("\n"u8.ToArray());
                await output.FlushAsync();
            }
            catch (IOException)
            {
                await gone.CancelAsync();
            }
            finally
            {
                _gate.Release();
            }
        }

        public ValueTask CloseEarlyAsync(TimeSpan retryAfter) => default;

        public void Dispose() => _gate.Dispose();
    }
}
