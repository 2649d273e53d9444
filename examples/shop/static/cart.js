new EventSource('/events').onmessage = ({ data }) => {
  document.getElementById('cart').textContent = data;
};
