namespace Granary.Gateway.Protocol.Legacy.Sessions;

/// <summary>
/// Where the events of a call's stream are kept once its client lost it, for whichever gateway the client comes back to. A stream that is
/// being read never gets here.
/// </summary>
internal interface IStreamRecords
{
    /// <exception cref="MeshException">It could not be stored.</exception>
    ValueTask WriteAsync(Session session, string stream, StreamPage page, TimeSpan lifetime);

    /// <summary>Events after a number, some of them at a time; null when nothing is kept of the stream.</summary>
    /// <exception cref="MeshException">It could not be read.</exception>
    ValueTask<StreamPage?> ReadAsync(Session session, string stream, long after);

    /// <summary>A connection took the last event. It may have been dead without anyone knowing: the client still gets some seconds to come back.</summary>
    ValueTask ReleaseAsync(Session session, string stream);

    /// <summary>Asks the gateway that runs the call about its stream.</summary>
    /// <param name="session">Whose.</param>
    /// <param name="stream">Its id, which names the gateway.</param>
    /// <param name="handOver">True to have it kept from now on, because its client came here; false to look after it only.</param>
    ValueTask<StreamOwner> AskOwnerAsync(Session session, string stream, bool handOver);
}

/// <summary>Events of a stream, in order.</summary>
/// <param name="First">The number of the oldest one that is kept.</param>
/// <param name="Events">Numbers and messages.</param>
/// <param name="End">The number of the last event once it is known, else null.</param>
internal sealed record StreamPage(long First, IReadOnlyList<(long Sequence, byte[] Data)> Events, long? End);

/// <summary>What is known of the gateway that runs a stream's call.</summary>
internal enum StreamOwner
{
    /// <summary>Redis cannot be reached, and so nobody can be asked.</summary>
    Unreachable,

    /// <summary>It does not answer: it is gone, or busy.</summary>
    Silent,

    /// <summary>It does not know the stream.</summary>
    Unknown,

    /// <summary>It has the stream.</summary>
    Present,
}

/// <summary>The other gateways, or what they share, cannot be reached.</summary>
internal sealed class MeshException(string message, Exception? inner = null) : Exception(message, inner);
