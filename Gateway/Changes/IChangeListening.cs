namespace Granary.Gateway.Changes;

/// <summary>A listener that follows an interest until disposed.</summary>
internal interface IChangeListening : IDisposable
{
    Listener Listener { get; }
}
