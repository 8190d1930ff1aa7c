using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Granary.Bench.Setup;

namespace Granary.Bench.Processes;

/// <summary>
/// Asks another .NET process for a full garbage collection over its diagnostics socket: an event session with the heap-collect keyword begins with
/// one, which is how <c>dotnet-gcdump</c> works. The protocol is described in dotnet/diagnostics, <c>documentation/design-docs/ipc-protocol.md</c>.
/// </summary>
internal static class GarbageCollection
{
    private const int HeaderLength = 20;
    private const byte EventPipe = 2;
    private const byte StopTracing = 1;
    private const byte CollectTracing2 = 3;
    private const byte Ok = 0;
    private const ulong HeapCollect = 0x800000;
    private const uint Informational = 4;

    /// <summary>Asks, and leaves the process alone for a while before and after it ends the session: the runtime gives memory back by and by.</summary>
    public static async Task ForceAsync(int pid, TimeSpan settle, CancellationToken cancellation)
    {
        using var session = await ConnectAsync(pid, cancellation);
        var id = await RequestAsync(session, CollectTracing2, Session(), cancellation);
        var drained = DrainAsync(session, cancellation);
        await Task.Delay(settle, TimeProvider.System, cancellation);
        using (var stop = await ConnectAsync(pid, cancellation))
            await RequestAsync(stop, StopTracing, id, cancellation);
        await drained;
        await Task.Delay(settle, TimeProvider.System, cancellation);
    }

    private static async Task<Socket> ConnectAsync(int pid, CancellationToken cancellation)
    {
        var path = Directory.GetFiles(Path.GetTempPath(), $"dotnet-diagnostic-{pid}-*-socket").FirstOrDefault()
            ?? throw new BenchException("The process has no diagnostics socket: its memory cannot be collected from outside.");
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
        return socket;
    }

    // A buffer of 16 MB, the nettrace format, no rundown, one provider.
    private static byte[] Session()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.Unicode);
        writer.Write(16u);
        writer.Write(1u);
        writer.Write(false);
        writer.Write(1u);
        writer.Write(HeapCollect);
        writer.Write(Informational);
        foreach (var text in (string[])["Microsoft-Windows-DotNETRuntime", ""])
        {
            writer.Write(text.Length + 1);
            writer.Write(Encoding.Unicode.GetBytes(text + '\0'));
        }
        return bytes.ToArray();
    }

    /// <summary>Sends a command; the result is the answer's payload.</summary>
    private static async Task<byte[]> RequestAsync(Socket socket, byte command, byte[] payload, CancellationToken cancellation)
    {
        var message = new byte[HeaderLength + payload.Length];
        "DOTNET_IPC_V1\0"u8.CopyTo(message);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(14), (ushort)message.Length);
        message[16] = EventPipe;
        message[17] = command;
        payload.CopyTo(message, HeaderLength);
        await socket.SendAsync(message, cancellation);
        var header = await ReceiveAsync(socket, HeaderLength, cancellation);
        var answer = await ReceiveAsync(socket, BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(14)) - HeaderLength, cancellation);
        return header[17] == Ok ? answer : throw new BenchException("The process refuses a garbage collection from outside.");
    }

    private static async Task<byte[]> ReceiveAsync(Socket socket, int length, CancellationToken cancellation)
    {
        var bytes = new byte[length];
        for (var got = 0; got < length;)
            got += await socket.ReceiveAsync(bytes.AsMemory(got), cancellation) is var more and > 0
                ? more
                : throw new BenchException("The process closed its diagnostics socket.");
        return bytes;
    }

    private static async Task DrainAsync(Socket socket, CancellationToken cancellation)
    {
        var buffer = new byte[64 * 1024];
        while (await socket.ReceiveAsync(buffer, cancellation) > 0)
        {
        }
    }
}
