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
    /// <summary>Serves until the input ends or <paramref name="stop"/>, then waits for what is under way.</summary>
    public async Task RunAsync(Stream input, Stream output, CancellationToken stop)
    {
        using var sink = new LineSink(output);
        var conversation = conversations.Create(NoAccess.Anyone, sink, LocalSource.Instance);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var listening = conversation.Listen();
        var push = listening is null ? Task.CompletedTask : PushAsync(listening.Listener, sink, ended.Token);
        state.Started();
        await ReadAsync(PipeReader.Create(input), conversation, sink, stop);
        for (var waited = TimeSpan.Zero; conversation.Running > 0 && waited < options.ShutdownTimeout; waited += TimeSpan.FromMilliseconds(10))
            await Task.Delay(10, CancellationToken.None);
        await conversation.CloseAsync();
        await ended.CancelAsync();
        await push;
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

    private async Task ReadAsync(PipeReader reader, Conversation conversation, LineSink sink, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                // Reading a console cannot be cancelled, so the wait for it is.
                var read = await reader.ReadAsync(stop).AsTask().WaitAsync(stop);
                var buffer = read.Buffer;
                while (TryTakeLine(ref buffer, read.IsCompleted, out var line))
                    await (line.Length > options.MaxBodyBytes ? FailAsync(sink, TooLarge) : AcceptAsync(line, conversation, sink));
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
        catch (OperationCanceledException)
        {
            // Told to stop: what is under way is finished by the caller.
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

    private sealed class LineSink(Stream output) : IMessageSink, IDisposable
    {
        private readonly SemaphoreSlim _gate = new(1);

        public bool CanSend => true;

        public async ValueTask SendAsync(byte[] message)
        {
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
                // The reader is gone; the input will end too.
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
