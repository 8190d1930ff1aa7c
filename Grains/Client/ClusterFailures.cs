using Orleans.Runtime.Messaging;

namespace Granary.Grains.Client;

/// <summary>What a failure of the cluster says about the call that met it.</summary>
internal enum ClusterFailure
{
    /// <summary>The call was not carried out.</summary>
    NotDone,

    /// <summary>It may have been.</summary>
    Uncertain,
}

internal static class ClusterFailures
{
    /// <summary>Null for what is no failure of the cluster.</summary>
    public static ClusterFailure? Judge(Exception failure) => failure switch
    {
        // Also raised for calls that were under way in a silo that died, although its type says rejection.
        SiloUnavailableException => ClusterFailure.Uncertain,
        TimeoutException => ClusterFailure.Uncertain,
        // Only of an attempt that had less time than messages have: the caller's own cancellation is looked at before.
        OperationCanceledException => ClusterFailure.Uncertain,
        OrleansMessageRejectionException or GatewayTooBusyException or ConnectionFailedException or ClientNotAvailableException => ClusterFailure.NotDone,
        OrleansException => ClusterFailure.Uncertain,
        // The client is not connected yet, or no longer.
        InvalidOperationException or ObjectDisposedException => ClusterFailure.NotDone,
        _ => null,
    };
}
